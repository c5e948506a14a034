import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createActivities } from '../../../src/activities/create-activities.js';
import { defineStage } from '../../../src/activities/define-stage.js';
import type { StageFunction } from '../../../src/activities/stage-function.js';
import { noMetrics } from '../../../src/activities/stage-metrics.js';
import type { MapPlan } from '../../../src/engine/map-plan.js';
import { COMMON_RETRY } from '../../../src/engine/stage-defaults.js';
import type { Plan, StagePlan } from '../../../src/engine/plan.js';
import type { RunStatus } from '../../../src/engine/result.js';
import type { Json } from '../../../src/shared/json.js';
import { memoryStore } from '../../../src/testing/memory-store.js';
import { z } from '../../../src/index.js';
import { aMap } from '../../support/a-map.js';
import { aPlan, aStage } from '../../support/a-plan.js';
import { resultOf } from '../../support/result-of.js';
import { WorkflowRig } from '../../support/workflow-rig.js';

type Chunks = (attempt: number, published: number) => AsyncGenerator<number, Json | void, void>;

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);

/** What the producer of the test gives. */
let chunks: Chunks;
/** Items that were run, and those who wait for that. */
const ran: number[] = [];
/** Whether bad items run after all. */
let isMended = false;
let waiting: { readonly count: number; readonly resolve: () => void }[] = [];
let rig: WorkflowRig;

/** Resolves when so many items have been run: the producer can wait for what comes of its chunks. */
function itemsRan(count: number): Promise<void> {
  return new Promise((resolve) => {
    if (ran.length >= count) resolve();
    else waiting.push({ count, resolve });
  });
}

function work(n: number): number {
  if (n < 0 && !isMended) throw ApplicationFailure.nonRetryable(`${n} is bad`, 'Bad');
  ran.push(n);
  for (const { count, resolve } of waiting) if (ran.length >= count) resolve();
  return n * 2;
}

beforeAll(async () => {
  const produce = (name: string, onRetry: 'restart' | 'continue') =>
    defineStage({ name, onRetry, run: ({ ctx, published }) => chunks(ctx.attempt, published) });
  const stages = [
    produce('produce', 'restart'),
    produce('go-on', 'continue'),
    defineStage({ name: 'quiet', run: () => 'no chunks' }),
    defineStage({
      name: 'work',
      params: z.object({ n: z.number(), at: z.number() }),
      run: ({ params }) => work(params.n),
    }),
    defineStage({
      name: 'sum',
      params: z.object({ rows: z.array(z.number()) }),
      run: ({ params }) => params.rows.map((row) => [work(row), params.rows.length]),
    }),
  ] as unknown as readonly StageFunction[];
  rig = await WorkflowRig.create(
    createActivities({
      stages: new Map(stages.map((stage) => [stage.name, stage])),
      store: memoryStore(),
      log: pino({ level: 'silent' }),
      metrics: noMetrics,
      env: {},
      projectDir: process.cwd(),
    }),
  );
});
afterAll(() => rig.close());
beforeEach(() => {
  ran.length = 0;
  waiting = [];
  isMended = false;
});

function producer(uses = 'produce', overrides: Partial<StagePlan> = {}): StagePlan {
  const retry = { ...COMMON_RETRY, initial_delay_ms: 1, max_delay_ms: 1, non_retryable_errors: [] };
  return aStage('produce', { action: { kind: 'uses', uses, with: {} }, retry, ...overrides });
}

function over(map: Partial<MapPlan> = {}, overrides: Partial<StagePlan> = {}): StagePlan {
  return aStage('each', {
    depends_on: ['produce'],
    implied: ['produce'],
    action: { kind: 'uses', uses: 'work', with: { n: '${{ item }}', at: '${{ index }}' } },
    map: aMap({ over: { type: 'stream', stage: 'produce' }, ...map }),
    ...overrides,
  });
}

const goingOn: Partial<Plan> = { failure: 'continue' };

describe('a map over the stream of a stage', () => {
  it('runs items while the stage goes on, and ends after its last chunk', async () => {
    chunks = async function* () {
      yield 1;
      // Would wait for ever if items had to wait for the end of this.
      await itemsRan(1);
      yield* [2, 3];
      await itemsRan(3);
      return 'all told';
    };
    const after = aStage('after', {
      depends_on: ['each'],
      action: { kind: 'set', output: '${{ stages.each.output }}', state: {} },
    });
    const handle = await rig.start(aPlan([producer(), over(), after]));
    const result = await resultOf(handle);
    expect(result.stages['produce']).toMatchObject({ output: 'all told', stream: { chunks: 3, bytes: 3 } });
    expect(result.stages['each']).toMatchObject({
      status: 'succeeded',
      output: [2, 4, 6],
      items: { total: 3, succeeded: 3, pending: 0 },
    });
    expect(result.stages['after']?.output).toEqual([2, 4, 6]);
    const { events } = await handle.fetchHistory();
    expect(events?.length).toBeLessThan(60);
  });

  it('is empty where the stage gives nothing or is skipped', async () => {
    // oxlint-disable-next-line require-yield
    chunks = async function* () {
      return 'nothing';
    };
    const gave = await rig.run(aPlan([producer(), over()]));
    expect(gave.stages['each']).toMatchObject({ status: 'succeeded', output: [], items: { total: 0 } });
    const skipped = await rig.run(aPlan([producer('produce', { condition: 'false' }), over()]));
    expect(skipped.stages['each']).toMatchObject({ status: 'succeeded', output: [] });
  });

  it('goes on in new histories in the middle of the stream', async () => {
    chunks = async function* () {
      for (const n of numbers(60)) {
        yield n;
        if (n % 10 === 9) await itemsRan(n + 1);
      }
    };
    const handle = await rig.start(aPlan([producer(), over({ max_concurrency: 4 })]), {
      more: { map_limits: { history: 60 } },
    });
    const result = await resultOf(handle);
    expect(result.stages['each']).toMatchObject({
      output: numbers(60).map((n) => n * 2),
      items: { total: 60, succeeded: 60 },
    });
    expect(ran.toSorted((a, b) => a - b)).toEqual(numbers(60));
    const first = rig.env.client.workflow.getHandle(`${handle.workflowId}/each`);
    const started = (await first.fetchHistory()).events?.[0]?.workflowExecutionStartedEventAttributes;
    expect(started?.continuedExecutionRunId).not.toBe('');
  });

  it('waits for full batches until the stream ends', async () => {
    chunks = async function* () {
      yield* [1, 2, 3];
      await itemsRan(2);
      yield* [4, 5];
    };
    const stage = over(
      { batch_size: 2, whole_batch: true },
      { action: { kind: 'uses', uses: 'sum', with: { rows: '${{ batch }}' } } },
    );
    const result = await rig.run(aPlan([producer(), stage]));
    expect(result.stages['each']?.output).toEqual([
      [2, 2],
      [4, 2],
      [6, 2],
      [8, 2],
      [10, 1],
    ]);
  });

  it('collects a file', async () => {
    chunks = async function* () {
      yield* numbers(5);
    };
    const result = await rig.run(aPlan([producer(), over({ collect: 'file' })]));
    expect(result.stages['each']?.output).toMatchObject({ count: 5, file: { name: 'each.jsonl' } });
  });

  it('fails at a failed item as any other map does', async () => {
    chunks = async function* () {
      yield* [1, 2];
      await itemsRan(2);
      yield -1;
    };
    const result = await rig.run(aPlan([producer(), over()], goingOn));
    expect(result.stages['each']).toMatchObject({
      status: 'failed',
      error: { type: 'Bad', message: 'item 2 failed: -1 is bad' },
      items: { succeeded: 2, failed: 1 },
    });
    expect(result.stages['produce']?.status).toBe('succeeded');
  });
});

describe('an attempt of the stage that fails', () => {
  it('makes no item run twice and loses none, where the next one goes on after it', async () => {
    chunks = async function* (attempt, published) {
      yield* numbers(attempt * 3 - published, published);
      await itemsRan(attempt * 3);
      if (attempt < 3) throw new Error('broken off');
    };
    const result = await rig.run(aPlan([producer('go-on'), over()]));
    expect(result.stages['produce']).toMatchObject({ attempts: 3, stream: { chunks: 9 } });
    expect(result.stages['each']).toMatchObject({ output: numbers(9).map((n) => n * 2) });
    expect(ran).toHaveLength(9);
  });

  it('makes no item run twice where the next one begins anew with the same chunks', async () => {
    chunks = async function* (attempt) {
      yield* numbers(4);
      await itemsRan(4);
      if (attempt < 3) throw new Error('broken off');
      yield* numbers(2, 4);
    };
    const result = await rig.run(aPlan([producer(), over()]));
    expect(result.stages['each']).toMatchObject({ output: numbers(6).map((n) => n * 2) });
    expect(ran).toHaveLength(6);
  });

  it('fails the map where the next one gives other chunks than those that have run', async () => {
    chunks = async function* (attempt) {
      yield* numbers(3, attempt * 10);
      await itemsRan(3);
      if (attempt === 1) throw new Error('broken off');
    };
    const result = await rig.run(aPlan([producer(), over()], goingOn));
    expect(result.stages['produce']?.status).toBe('succeeded');
    expect(result.stages['each']).toMatchObject({
      status: 'failed',
      error: {
        type: 'StreamChanged',
        message: expect.stringMatching(/^the stream of stage "produce" changed: a later attempt gave other/),
      },
      items: { succeeded: 3 },
    });
  });
});

describe('a stage that does not succeed', () => {
  const gives = (count: number, error: string): Chunks =>
    async function* () {
      yield* numbers(count);
      await itemsRan(count);
      throw ApplicationFailure.nonRetryable(error, 'Broken');
    };

  it('fails the map once its running items have ended', async () => {
    chunks = gives(3, 'out of paper');
    const result = await rig.run(aPlan([producer(), over()], goingOn));
    expect(result.stages['each']).toMatchObject({
      status: 'failed',
      error: { type: 'StreamBroken', message: 'the stream of stage "produce" broke off: out of paper' },
      items: { total: null, succeeded: 3, ledger: { done: [[0, 3]], outputs: [0, 2, 4] } },
    });
  });

  it('cancels the map where the first failure stops the run', async () => {
    chunks = gives(2, 'out of paper');
    const result = await rig.run(aPlan([producer(), over()]));
    expect(result).toMatchObject({ status: 'failed', error: { stage: 'produce' } });
    expect(result.stages['each']).toMatchObject({ status: 'cancelled', items: { succeeded: 2 } });
  });

  it('leaves what it gave to the map, where its failure is tolerated or the map runs in any case', async () => {
    chunks = gives(3, 'out of paper');
    const tolerated = await rig.run(aPlan([producer('produce', { continue_on_error: true }), over()]));
    expect(tolerated).toMatchObject({ status: 'succeeded', partial: true });
    expect(tolerated.stages['each']).toMatchObject({ output: [0, 2, 4], items: { total: 3 } });
    ran.length = 0;
    const always = await rig.run(aPlan([producer(), over({}, { run_when: 'all_done' })], goingOn));
    expect(always.stages['each']).toMatchObject({ status: 'succeeded', output: [0, 2, 4] });
  });

  it('fails the map where it has no chunks at all to give', async () => {
    const result = await rig.run(aPlan([producer('quiet'), over()], goingOn));
    expect(result.stages['each']).toMatchObject({
      status: 'failed',
      error: {
        type: 'StreamBroken',
        message: 'stage "produce" gave no stream: only a function that yields has chunks',
      },
    });
  });
});

describe('a run that goes on from an earlier one', () => {
  it('reads the chunks that the earlier one gave, and runs the items that are left', async () => {
    chunks = async function* () {
      yield* numbers(4);
    };
    const first = await rig.run(aPlan([producer(), over()]));
    const { produce } = first.stages;
    if (produce === undefined) throw new Error('It did not run.');
    ran.length = 0;
    const result = await rig.run(aPlan([producer(), over()]), {
      more: {
        reuse: {
          how: 'resume',
          from: { workflow_id: first.workflow_id, run_id: first.run_id },
          stages: [['produce', produce]],
        },
        reuse_items: { each: { total: null, done: [[0, 3]], failed: [], outputs: ['a', 'b', 'c'] } },
      },
    });
    expect(result.stages['each']).toMatchObject({
      output: ['a', 'b', 'c', 6],
      items: { reused: 3, succeeded: 1 },
    });
    expect(ran).toEqual([3]);
  });
});

describe('what people decide', () => {
  const hold = { timeout_ms: null, on_timeout: 'fail' as const };

  async function retryOnceHeld(handle: WorkflowHandle, stage: string, mend: () => void): Promise<void> {
    for (;;) {
      const status = await handle.query<RunStatus>('status');
      if (status.stages[stage]?.status === 'held') break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    mend();
    await handle.executeUpdate('retry_stage', { args: [{ stage, by: 'anna', reason: 'mended' }] });
  }

  it('may let a held stage go on, whose chunks the map has waited for', async () => {
    let isBroken = true;
    chunks = async function* () {
      yield* [1, 2];
      await itemsRan(2);
      if (isBroken) throw ApplicationFailure.nonRetryable('out of paper', 'Broken');
      yield 3;
    };
    const handle = await rig.start(aPlan([producer('produce', { hold }), over()]));
    await retryOnceHeld(handle, 'produce', () => {
      isBroken = false;
    });
    const result = await resultOf(handle);
    expect(result.stages['each']).toMatchObject({ status: 'succeeded', output: [2, 4, 6] });
    expect(new Set(ran)).toEqual(new Set([1, 2, 3]));
    expect(ran).toHaveLength(3);
  });

  it('may let a map that was held as a whole run the items that are left', async () => {
    chunks = async function* () {
      yield* [1, 2];
      await itemsRan(2);
      yield -1;
    };
    const handle = await rig.start(aPlan([producer(), over({}, { hold })], goingOn));
    await retryOnceHeld(handle, 'each', () => {
      isMended = true;
    });
    const result = await resultOf(handle);
    expect(result.stages['each']).toMatchObject({ status: 'succeeded', output: [2, 4, -2] });
    expect(new Set(ran)).toEqual(new Set([1, 2, -1]));
    expect(ran).toHaveLength(3);
  });
});
