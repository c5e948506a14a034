import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { awaitedStages } from '../../../src/client/approvals/list-approvals.js';
import type { MapPlan } from '../../../src/engine/map-plan.js';
import type { StagePlan } from '../../../src/engine/plan.js';
import type { RunStatus } from '../../../src/engine/result.js';
import type { Json, JsonObject } from '../../../src/shared/json.js';
import type { StageTask } from '../../../src/shared/task.js';
import { aMappedStage } from '../../support/a-map.js';
import { aPlan } from '../../support/a-plan.js';
import { refusalOf } from '../../support/approvals.js';
import { partStore } from '../../support/part-store.js';
import { resultOf } from '../../support/result-of.js';
import { WorkflowRig } from '../../support/workflow-rig.js';

/** Machines that test may be busy. */
const patient = { timeout: 30_000 };
/** Small enough that a few dozen items need a coordinator and several shards. */
const more = { map_limits: { inline: 4, shard: 5 } };
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
/** Items that fail unless they are given `fixed`. */
const bad = new Set<number>();
const calls: JsonObject[] = [];
let rig: WorkflowRig;

const paramsOf = (task: StageTask): JsonObject => task.params as JsonObject;

beforeAll(async () => {
  rig = await WorkflowRig.create({
    picky: (task) => {
      const params = paramsOf(task);
      calls.push(params);
      const n = Number(params['n']);
      if (bad.has(n) && params['fixed'] !== true) throw ApplicationFailure.nonRetryable(`${n} is bad`, 'Bad');
      return { output: n * 10, metrics: { done: 1 } };
    },
    batches: (task) => {
      const rows = paramsOf(task)['rows'] as number[];
      if (rows.some((n) => bad.has(n)) && paramsOf(task)['fixed'] !== true)
        throw ApplicationFailure.nonRetryable('a bad batch', 'Bad');
      return { output: rows.map((n) => n * 10) };
    },
    spare: () => ({ output: 'spare' }),
    'sluice.map_page': (task) => {
      const cursor = Number(paramsOf(task)['cursor'] ?? 0);
      return {
        output: { items: numbers(4).map((n) => cursor * 4 + n), next: cursor === 3 ? null : cursor + 1 },
      };
    },
    ...partStore(),
  });
});
afterAll(() => rig.close());
beforeEach(() => {
  bad.clear();
  calls.length = 0;
});

const hold = { timeout_ms: null, on_timeout: 'fail' } as const;
const mapped = (map: Partial<MapPlan>, rest: Partial<StagePlan> = {}): StagePlan =>
  aMappedStage('each', 'picky', { over: { type: 'range', range: 33 }, ...map }, { hold, ...rest });

const decide = (handle: WorkflowHandle, update: string, message: object) =>
  handle.executeUpdate(update, { args: [{ by: 'ada', stage: 'each', ...message }] });

const statusOf = async (handle: WorkflowHandle) => (await handle.query<RunStatus>('status')).stages['each'];

/** Waits until exactly these items are held. */
const untilHeld = (handle: WorkflowHandle, items: readonly number[]) =>
  expect
    .poll(
      async () =>
        awaitedStages((await handle.describe()).memo)
          .map(([id]) => id)
          .toSorted(),
      {
        timeout: 30_000,
      },
    )
    .toEqual(items.map((item) => `each.${item}`).toSorted());

/**
 * The test server refuses a step of a workflow that cancels an activity which ends at the same moment, and then waits
 * for ever.
 */
async function untilNothingRuns(handle: WorkflowHandle, items: number): Promise<void> {
  const coordinator = rig.env.client.workflow.getHandle(`${handle.workflowId}/each`);
  await expect.poll(() => new Set(calls.map(({ n }) => n)).size, patient).toBe(items);
  await expect
    .poll(async () => (await coordinator.describe()).raw.pendingChildren ?? [], patient)
    .toEqual([]);
}

describe('failed items of a large map with hold_on_failure', () => {
  it('wait one by one for a person, who has each tried again, skipped or failed, while the rest goes on', async () => {
    for (const n of [3, 17, 18, 32]) bad.add(n);
    const tolerant = { on_item_failure: { max_failures: 5, max_failure_ratio: null } };
    const handle = await rig.start(aPlan([mapped(tolerant)]), { more });
    await untilHeld(handle, [3, 17, 18, 32]);
    expect(await statusOf(handle)).toMatchObject({ status: 'running', items: { held: 4, failed: 0 } });
    expect(await refusalOf(decide(handle, 'retry_stage', { item: 4 }))).toBe(
      'Item 4 of stage "each" is not held. Items that are held: 3, 17, 18, 32.',
    );
    // A retry that fails again waits again.
    await decide(handle, 'retry_stage', { item: 3 });
    await expect.poll(() => calls.filter(({ n }) => n === 3).length, patient).toBe(2);
    await untilHeld(handle, [3, 17, 18, 32]);
    await decide(handle, 'retry_stage', { item: 3, params: { fixed: true } });
    await decide(handle, 'skip_stage', { item: 17, output: 'by hand', reason: 'known' });
    expect(await refusalOf(decide(handle, 'fail_stage', { item: 17 }))).toContain('ada decided at');
    await decide(handle, 'fail_stage', { item: 18 });
    await decide(handle, 'retry_stage', { item: 32, params: { fixed: true } });
    const result = await resultOf(handle);
    expect(result).toMatchObject({ status: 'succeeded', partial: true, metrics: { done: 31 } });
    const expected = numbers(33).map((n): Json => (n === 17 ? 'by hand' : n === 18 ? null : n * 10));
    expect(result.stages['each']?.output).toEqual(expected);
    expect(result.stages['each']?.items).toMatchObject({
      succeeded: 31,
      skipped: 1,
      failed: 1,
      failed_items: [{ index: 18, error: { type: 'Bad' }, attempts: 1 }],
    });
    expect(calls.filter(({ n }) => n === 17)).toHaveLength(1);
    expect(awaitedStages((await handle.describe()).memo)).toEqual([]);
  });

  it('fail the stage for good when somebody gives up more of them than it tolerates', async () => {
    for (const n of [3, 30]) bad.add(n);
    const handle = await rig.start(aPlan([mapped({})]), { more });
    await untilHeld(handle, [3, 30]);

    await untilNothingRuns(handle, 33);
    await decide(handle, 'fail_stage', { item: 30 });
    const failed = await resultOf(handle);
    expect(failed.stages['each']).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('2 of 33 items failed, more than the 0 allowed') as string },
    });
  });

  it('are held in files, pages and batches, and fall back once they are given up', async () => {
    for (const n of [2, 9]) bad.add(n);
    const file = await rig.start(aPlan([mapped({ over: { type: 'range', range: 12 }, collect: 'file' })]), {
      more,
    });
    await untilHeld(file, [2, 9]);
    await decide(file, 'skip_stage', { item: 2, output: 'by hand' });
    await decide(file, 'retry_stage', { item: 9, params: { fixed: true } });
    expect((await resultOf(file)).stages['each']?.output).toEqual(
      numbers(12).map((n) => (n === 2 ? 'by hand' : n * 10)),
    );
    const fallback = { type: 'uses', uses: 'spare', with: {} } as const;
    const paged = await rig.start(
      aPlan([mapped({ over: { type: 'pages', uses: 'pages', with: {} } }, { fallback })]),
      { more },
    );
    await untilHeld(paged, [2, 9]);
    await decide(paged, 'fail_stage', { item: 2 });
    await decide(paged, 'retry_stage', { item: 9, params: { fixed: true } });
    expect((await resultOf(paged)).stages['each']?.output).toEqual(
      numbers(16).map((n) => (n === 2 ? 'spare' : n * 10)),
    );
    const action = { kind: 'uses', uses: 'batches', with: { rows: '${{ batch }}' } } as const;
    const batched = await rig.start(aPlan([mapped({ batch_size: 4, whole_batch: true }, { action })]), {
      more,
    });
    await untilHeld(batched, [0, 8]);
    await decide(batched, 'retry_stage', { item: 0, params: { fixed: true } });
    await decide(batched, 'retry_stage', { item: 8, params: { fixed: true } });
    expect((await resultOf(batched)).stages['each']?.output).toEqual(numbers(33).map((n) => n * 10));
  });

  it('stay held when the coordinator goes on in a new history, and end with a run that is cancelled', async () => {
    for (const n of [1, 6, 11]) bad.add(n);
    const short = { map_limits: { ...more.map_limits, history: 30 } };
    const handle = await rig.start(aPlan([mapped({ max_concurrency: 1 })]), { more: short });
    await untilHeld(handle, [1, 6, 11]);
    const coordinator = rig.env.client.workflow.getHandle(`${handle.workflowId}/each`);
    await expect
      .poll(async () => (await coordinator.describe()).raw.workflowExecutionInfo?.firstRunId, patient)
      .not.toBe((await coordinator.describe()).runId);
    await decide(handle, 'retry_stage', { item: 1, params: { fixed: true } });
    await untilHeld(handle, [6, 11]);
    await decide(handle, 'skip_stage', { item: 6 });
    await expect.poll(async () => (await statusOf(handle))?.items?.held, patient).toBe(1);
    await untilNothingRuns(handle, 33);
    await handle.cancel();
    const result = await resultOf(handle);
    expect(result.stages['each']).toMatchObject({
      status: 'failed',
      items: { skipped: 1, failed: 1, failed_items: [{ index: 11 }] },
    });
  });

  it('wait as a whole where there are more of them than people decide about one by one', async () => {
    for (const n of numbers(210)) bad.add(n);
    const handle = await rig.start(
      aPlan([mapped({ over: { type: 'range', range: 210 }, max_concurrency: 1 })]),
      {
        more: { map_limits: { inline: 4, shard: 300 } },
      },
    );
    await expect.poll(async () => (await statusOf(handle))?.status, { timeout: 30_000 }).toBe('held');
    expect(awaitedStages((await handle.describe()).memo).map(([id]) => id)).toEqual(['each']);
    bad.clear();
    await decide(handle, 'retry_stage', {});
    expect((await resultOf(handle)).stages['each']).toMatchObject({
      status: 'succeeded',
      output: numbers(210).map((n) => n * 10),
    });
  });
});

describe('the memo of a run', () => {
  it('names the first of very many held items, and counts the rest', async () => {
    for (const n of numbers(30)) bad.add(n);
    const handle = await rig.start(
      aPlan([aMappedStage('each', 'picky', { over: { type: 'range', range: 30 } }, { hold })]),
    );
    await expect.poll(async () => (await handle.describe()).memo?.['awaiting_more'], patient).toBe(10);
    expect(awaitedStages((await handle.describe()).memo)).toHaveLength(20);
    await decide(handle, 'skip_stage', { item: 29 });
    await expect.poll(async () => (await handle.describe()).memo?.['awaiting_more'], patient).toBe(9);
    await decide(handle, 'fail_stage', { item: 0 });
    await resultOf(handle);
  });
});
