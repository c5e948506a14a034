import { CancellationScope, setHandler } from '@temporalio/workflow';
import type { PoolInput } from '../../engine/pool-messages.js';
import { poolAskSignal, poolQuery } from './messages.js';
import { PoolKeeper } from './pool-keeper.js';

/**
 * Hands out the slots of one pool to all runs of a namespace. The first run that asks starts it; it ends by itself when
 * nobody has needed it for a while, and is started again by the next request.
 */
export async function pool(input: PoolInput): Promise<void> {
  const keeper = new PoolKeeper(input);
  setHandler(poolAskSignal, (ask) => keeper.take(ask));
  setHandler(poolQuery, () => keeper.view());
  return CancellationScope.nonCancellable(() => keeper.serve());
}
