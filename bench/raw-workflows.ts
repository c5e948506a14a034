import { proxyActivities, proxyLocalActivities, sleep } from '@temporalio/workflow';

// What somebody who knows Temporal writes by hand for the same work, without a definition or a plan.

type Noop = { noop(task: { readonly index: number }): Promise<unknown> };

const { noop } = proxyActivities<Noop>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: '30s',
  retry: { maximumAttempts: 1 },
});
const local = proxyLocalActivities<Noop>({ startToCloseTimeout: '1h', retry: { maximumAttempts: 1 } });

export async function rawChain(length: number): Promise<void> {
  for (let index = 0; index < length; index += 1) await noop({ index });
}

export async function rawLocalChain(length: number): Promise<void> {
  for (let index = 0; index < length; index += 1) await local.noop({ index });
}

export async function rawWaves(waves: number, width: number): Promise<void> {
  for (let wave = 0; wave < waves; wave += 1) await rawParallel(width);
}

export async function rawParallel(width: number): Promise<void> {
  await Promise.all(Array.from({ length: width }, (_, index) => noop({ index })));
}

/** `needs[i]` are the nodes that node i waits for, all before it. */
export async function rawGraph(needs: ReadonlyArray<readonly number[]>): Promise<void> {
  const done: Promise<unknown>[] = [];
  needs.forEach((before, index) => {
    done.push(Promise.all(before.flatMap((need) => done[need] ?? [])).then(() => noop({ index })));
  });
  await Promise.all(done);
}

/** Stays open, to measure what an open run costs. */
export async function rawSleep(): Promise<void> {
  await sleep('30 days');
}

export { rawMap, rawMapShard, rawShardedMap } from './raw-map-workflows.js';
