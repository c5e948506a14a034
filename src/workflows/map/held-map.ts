import type { ItemSource } from '../../engine/map-shard.js';
import { withGains } from '../../engine/reuse.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import type { StageRunner } from '../stages/stage-context.js';
import { ShardedMap } from './sharded-map.js';

/**
 * A runner for a map in workflows of its own that may run more than once, because people decide about it when it has
 * failed: it goes on with the items that are not done. `failure` is how it ended the last time.
 */
export function mapAgain(source: ItemSource, failure: StageOutcome | null): StageRunner {
  let before = failure;
  return (stage, context, onEnd) => {
    const done = before?.items?.ledger ?? context.reuseItems?.[stage.id];
    const reuseItems = done === undefined ? {} : { [stage.id]: done };
    return new ShardedMap(stage, { ...context, reuseItems }, source, (_stage, outcome) => {
      before = before === null ? outcome : withGains(outcome, before);
      onEnd(stage, before);
    }).start();
  };
}
