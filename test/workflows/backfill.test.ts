import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackfillInput, BackfillReport } from '../../src/engine/backfill.js';
import type { Plan } from '../../src/engine/plan.js';
import { BACKFILL_WORKFLOW, backfillWorkflowId } from '../../src/shared/names.js';
import { aBackfill } from '../support/a-backfill.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { controlledStage } from '../support/controlled-stage.js';
import { type FakeStage, WorkflowRig } from '../support/workflow-rig.js';

let rig: WorkflowRig;
let load: FakeStage = () => ({ output: 1 });
const stage = controlledStage();
const asked: unknown[] = [];
const runEnd = async (task: unknown): Promise<unknown> => {
  asked.push(task);
  return Promise.resolve({ status: 'succeeded' });
};

beforeAll(async () => {
  rig = await WorkflowRig.create({
    load: (task) => load(task),
    hang: stage.hang,
    'sluice.run_end': runEnd as unknown as FakeStage,
  });
});
afterAll(async () => rig.close());

/** A pipeline whose one stage is told its day. */
const daily = (pipeline: string): Plan =>
  aPlan(
    [aStage('load', { action: { kind: 'uses', uses: 'load', with: { day: '${{ run.partition.key }}' } } })],
    {
      pipeline,
      outputs: {
        day: '${{ run.partition.key }}',
        from: '${{ run.partition.start }}',
        to: '${{ run.partition.end }}',
        n: '${{ run.partition.index }}',
      },
    },
  );

const dayOf = (task: Parameters<FakeStage>[0]): string => (task.params as { day: string }).day;

const start = (input: BackfillInput): Promise<WorkflowHandle> =>
  rig.startWorkflow(BACKFILL_WORKFLOW, backfillWorkflowId(input.run.plan.pipeline, 'test'), input);

const ask = (handle: WorkflowHandle): Promise<BackfillReport> =>
  handle.query('backfill_status', { partitions: true });

/** The report that a backfill ends with in any way. */
async function reportOf(handle: WorkflowHandle): Promise<BackfillReport> {
  try {
    return (await handle.result()) as BackfillReport;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    if (error.cause instanceof ApplicationFailure) return error.cause.details?.[0] as BackfillReport;
    return ask(handle);
  }
}

describe('a backfill', () => {
  it('runs each partition as a run of its own that knows its window, the newest first if asked to', async () => {
    const seen: string[] = [];
    load = (task) => {
      seen.push(dayOf(task));
      return { output: dayOf(task) };
    };
    const handle = await start(aBackfill(daily('ordered'), 4, { order: 'newest', max_parallel: 1 }));
    const report = await reportOf(handle);
    expect(report).toMatchObject({ status: 'succeeded', fraction: 1, eta_ms: null });
    expect(report.counts).toMatchObject({ total: 4, succeeded: 4, pending: 0 });
    expect(seen).toEqual(['2024-01-04', '2024-01-03', '2024-01-02', '2024-01-01']);
    const run = await rig.env.client.workflow.getHandle('ordered/backfill-2024-01-02').result();
    expect(run).toMatchObject({
      outputs: {
        day: '2024-01-02',
        from: '2024-01-02T00:00:00.000Z',
        to: '2024-01-03T00:00:00.000Z',
        n: 1,
      },
    });
  });

  it('goes on after failures, lists them, and ends as failed', async () => {
    load = (task) => {
      if (dayOf(task) === '2024-01-02') throw ApplicationFailure.nonRetryable('no file', 'Missing');
      return { output: 1 };
    };
    const report = await reportOf(await start(aBackfill(daily('failing'), 5)));
    expect(report.status).toBe('failed');
    expect(report.counts).toMatchObject({ succeeded: 4, failed: 1 });
    expect(report.book?.letters).toBe('sfsss');
    expect(report.book?.errors).toEqual([[1, { type: 'Missing', message: 'no file', stage: 'load' }]]);
  });

  it('starts no more once more partitions failed than it may', async () => {
    load = () => {
      throw ApplicationFailure.nonRetryable('down', 'Down');
    };
    const report = await reportOf(
      await start(aBackfill(daily('limited'), 9, { max_parallel: 1, max_failures: 2 })),
    );
    expect(report).toMatchObject({ status: 'failed', counts: { failed: 3, cancelled: 6, pending: 0 } });
  });

  it('goes on in new histories and loses no partition', async () => {
    const seen: string[] = [];
    load = (task) => {
      seen.push(dayOf(task));
      return { output: 1 };
    };
    const input = aBackfill(daily('long'), 20, { max_parallel: 4, limits: { events: 50 } });
    const report = await reportOf(await start(input));
    expect(report).toMatchObject({ status: 'succeeded', counts: { total: 20, succeeded: 20 } });
    expect(new Set(seen).size).toBe(20);
    expect(seen).toHaveLength(20);
    expect(report.book?.runs).toHaveLength(20);
  });

  it('starts nothing while it is paused, and pauses the partitions that run', async () => {
    const next = aStage('next', { depends_on: ['slow'], action: { kind: 'set', output: 1, state: {} } });
    const slow = aStage('slow', { action: { kind: 'uses', uses: 'hang', with: {} } });
    const plan = aPlan([slow, next], { pipeline: 'paused' });
    const handle = await start(aBackfill(plan, 2, { max_parallel: 1 }));
    await stage.arrival('slow');
    await handle.executeUpdate('pause', { args: [{ by: 'ada', reason: 'the source is down' }] });
    const run = rig.env.client.workflow.getHandle('paused/backfill-2024-01-01');
    await expect
      .poll(async () => run?.query('status', { outputs: false }))
      .toMatchObject({ paused: { by: 'ada' } });
    expect(await ask(handle)).toMatchObject({ paused: { by: 'ada' }, counts: { running: 1, pending: 1 } });
    await expect(handle.executeUpdate('pause', { args: [{ by: 'bob' }] })).rejects.toMatchObject({
      cause: { message: 'The backfill is paused already.' },
    });
    await handle.signal('unpause', { by: 'ada' });
    await handle.signal('unpause', { by: 'ada' });
    stage.end('slow');
    await expect.poll(async () => (await ask(handle)).counts.succeeded).toBe(1);
    await expect.poll(async () => (await ask(handle)).book?.letters).toBe('sr');
    await expect
      .poll(async () => {
        stage.end('slow');
        return (await ask(handle)).status;
      })
      .toBe('succeeded');
    expect((await ask(handle)).notes).toEqual([
      'paused by ada: the source is down',
      'unpaused by ada',
      'unpause was refused: The backfill is not paused.',
    ]);
  });

  it('waits for another run of the same partition and does not repeat one that succeeded', async () => {
    load = () => ({ output: 1 });
    await (await rig.start(daily('met'), { id: 'met/backfill-2024-01-01' })).result();
    const report = await reportOf(await start(aBackfill(daily('met'), 2)));
    expect(asked).toEqual([{ workflow_id: 'met/backfill-2024-01-01' }]);
    expect(report).toMatchObject({ status: 'succeeded', counts: { done_before: 1, succeeded: 1 } });
    expect(report.book?.runs.map(([index]) => index)).toEqual([1]);
  });

  // Last, because the clock of the server stands still after an activity was cancelled.
  it('cancels the partitions that run and ends as cancelled', async () => {
    const slow = aStage('endless', { action: { kind: 'uses', uses: 'hang', with: {} } });
    const clean = aStage('clean', { action: { kind: 'set', output: 1, state: {} } });
    const plan = aPlan([slow], {
      pipeline: 'cancelled',
      hooks: { on_success: [], on_failure: [], finally: [clean] },
    });
    const handle = await start(aBackfill(plan, 3, { max_parallel: 1 }));
    await stage.arrival('endless');
    await handle.signal('cancel', { by: 'ada' });
    const report = await reportOf(handle);
    expect(report).toMatchObject({
      status: 'cancelled',
      counts: { cancelled: 3 },
      notes: ['cancelled by ada'],
    });
    const run = await rig.env.client.workflow
      .getHandle('cancelled/backfill-2024-01-01')
      .query('status', { outputs: false });
    expect(run).toMatchObject({ status: 'cancelled', hooks: { clean: { status: 'succeeded' } } });
  });
});
