import {
  ActivityCancellationType,
  continueAsNew,
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';

// What somebody who knows Temporal writes by hand for a fan-out over numbers: a sliding window of activities, and for
// more items than fit into one history a few child workflows, each of which goes on in a new history now and then.

type Noop = {
  noop(task: { readonly index: number }): Promise<unknown>;
  noopAll(task: { readonly items: readonly number[] }): Promise<unknown>;
};

const { noop, noopAll } = proxyActivities<Noop>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: '30s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { maximumAttempts: 3 },
});

/** Activities of one history, so that it stays below 10,000 events. */
const CALLS_A_HISTORY = 2_500;

export type RawRange = {
  readonly from: number;
  readonly to: number;
  readonly batch: number;
  readonly window: number;
};

/** All items in one workflow, at most `window` at once. */
export async function rawMap(count: number, window: number): Promise<number> {
  return callAll({ from: 0, to: count, batch: 1, window });
}

/** The same over child workflows that share the window. */
export async function rawShardedMap(
  count: number,
  batch: number,
  window: number,
  shards: number,
): Promise<number> {
  const share = Math.ceil(count / shards / batch) * batch;
  const { workflowId } = workflowInfo();
  const done = await Promise.all(
    Array.from({ length: shards }, (_, shard) => {
      const from = Math.min(count, shard * share);
      const range: RawRange = {
        from,
        to: Math.min(count, from + share),
        batch,
        window: Math.ceil(window / shards),
      };
      return executeChild(rawMapShard, {
        args: [range, 0],
        workflowId: `${workflowId}/${shard}`,
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      });
    }),
  );
  return done.reduce((sum, count) => sum + count, 0);
}

export async function rawMapShard(range: RawRange, doneBefore: number): Promise<number> {
  const to = Math.min(range.to, range.from + CALLS_A_HISTORY * range.batch);
  const done = doneBefore + (await callAll({ ...range, to }));
  if (to === range.to) return done;
  return continueAsNew<typeof rawMapShard>({ ...range, from: to }, done);
}

async function callAll({ from, to, batch, window }: RawRange): Promise<number> {
  let next = from;
  let done = 0;
  const workOff = async (): Promise<void> => {
    while (next < to) {
      const index = next;
      next += batch;
      const size = Math.min(batch, to - index);
      await (batch === 1
        ? noop({ index })
        : noopAll({ items: Array.from({ length: size }, (_, at) => index + at) }));
      done += size;
    }
  };
  await Promise.all(Array.from({ length: window }, workOff));
  return done;
}
