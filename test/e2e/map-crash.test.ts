import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compiled } from '../support/dev-project.js';
import { type KillableWorker, startKillableWorker } from '../support/killable-worker.js';
import type { Plan } from '../../src/engine/plan.js';

type Entry = { readonly event: 'start' | 'end'; readonly index: number; readonly at: number };

let rig: KillableWorker;

beforeEach(async () => {
  rig = await startKillableWorker({ project: 'crash', taskQueue: 'crash', bookVariable: 'CRASH_BOOK' });
});
afterEach(() => rig.close());

function planOf(stage: object): Plan {
  const retry = { max_attempts: 100, initial_delay: '100ms', backoff: 1 };
  return compiled({
    name: 'crash',
    defaults: { retry, heartbeat_timeout: '1s' },
    stages: [{ id: 'each', uses: 'step', with: { index: '${{ index }}' }, ...stage }],
    outputs: { results: '${{ stages.each.output }}' },
  });
}

async function entries(): Promise<readonly Entry[]> {
  const lines = (await readFile(rig.book, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Entry);
}

const bookedAtLeast = (event: Entry['event'], count: number): Promise<void> =>
  vi.waitFor(
    async () => {
      const items = (await entries()).filter((entry) => entry.event === event).map(({ index }) => index);
      expect(new Set(items).size).toBeGreaterThanOrEqual(count);
    },
    { timeout: 60_000, interval: 10 },
  );

/** When each item's activity completed, over the histories of all workflows; throws when one completed twice. */
async function completions(): Promise<ReadonlyMap<string, number>> {
  const completed = new Map<string, number>();
  for await (const { workflowId, runId } of rig.client.temporal.workflow.list()) {
    const history = await rig.client.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    const scheduled = new Map<string, string>();
    for (const event of history.events ?? []) {
      const id = event.activityTaskScheduledEventAttributes?.activityId;
      if (typeof id === 'string') scheduled.set(String(event.eventId), id);
      const done = event.activityTaskCompletedEventAttributes;
      if (done === undefined || done === null) continue;
      const item = scheduled.get(String(done.scheduledEventId)) ?? '';
      if (completed.has(item)) throw new Error(`${item} completed twice`);
      const { seconds, nanos } = event.eventTime ?? {};
      completed.set(item, Number(seconds) * 1_000 + Number(nanos) / 1e6);
    }
  }
  return completed;
}

async function expectEachOnce(items: readonly string[]): Promise<void> {
  const completed = await completions();
  expect([...completed.keys()].toSorted()).toEqual(items.toSorted());
  for (const { event, index, at } of await entries()) {
    if (event === 'start') expect(at).toBeLessThanOrEqual(completed.get(`each.${index}`) ?? 0);
  }
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

describe('a map whose worker is killed again and again', () => {
  it('loses no item, skips none and repeats none that was done', async () => {
    const count = 40;
    const plan = planOf({ map: { over: { range: count }, max_concurrency: 5 } });
    const run = await rig.client.start(plan, { key: 'killed' });
    for (const done of [1, 8, 15, 22, 29, 36]) {
      await bookedAtLeast(done % 2 === 0 ? 'end' : 'start', done);
      await rig.kill();
    }
    const result = await run.result();
    expect(result).toMatchObject({ status: 'succeeded', partial: false });
    expect(result.outputs['results']).toEqual(numbers(count));
    await expectEachOnce(numbers(count).map((index) => `each.${index}`));
  });
});
