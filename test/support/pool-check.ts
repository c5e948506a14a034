import type { Client } from '@temporalio/client';
import type { FakeStage } from './workflow-rig.js';
import { createPoolCheck } from '../../src/worker/pool-check.js';

/** The check of holders for rigs, which know their client only after they were given their stages. */
export function poolCheck(client: () => Client): FakeStage {
  return (async (task: never) => createPoolCheck(client())(task)) as unknown as FakeStage;
}
