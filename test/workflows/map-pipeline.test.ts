import { ApplicationFailure } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MapPlan } from '../../src/engine/map-plan.js';
import type { Plan, StageAction, StagePlan } from '../../src/engine/plan.js';
import type { Json } from '../../src/shared/json.js';
import type { StageTask } from '../../src/shared/task.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { controlledStage } from '../support/controlled-stage.js';
import { resultOf } from '../support/result-of.js';
import { WorkflowRig } from '../support/workflow-rig.js';

const ran: string[] = [];
const controlled = controlledStage();
let rig: WorkflowRig;

beforeAll(async () => {
  rig = await WorkflowRig.create({
    echo: (task: StageTask) => {
      ran.push(task.stage.id);
      return { output: task.params, metrics: { calls: 1 } };
    },
    odd: (task: StageTask) => {
      ran.push(task.stage.id);
      const { n } = task.params as { readonly n: number };
      if (n % 2 === 1) throw ApplicationFailure.nonRetryable(`${n} is odd`, 'Odd');
      return { output: n };
    },
    flaky: (task: StageTask) => {
      ran.push(task.stage.id);
      if (ran.filter((id) => id === task.stage.id).length < 2)
        throw ApplicationFailure.nonRetryable('not yet', 'Flaky');
      return { output: 'at last' };
    },
    hang: controlled.hang,
  });
});
afterAll(() => rig.close());
beforeEach(() => {
  ran.length = 0;
});

const uses = (id: string, name: string, given: Json, rest: Partial<StagePlan> = {}): StagePlan =>
  aStage(id, { action: { kind: 'uses', uses: name, with: given }, ...rest });

const overList = (list: Json, rest: Partial<MapPlan> = {}): MapPlan => ({
  over: { type: 'list', list },
  as: 'item',
  batch_size: 1,
  whole_batch: false,
  max_concurrency: null,
  on_item_failure: { max_failures: 0, max_failure_ratio: null },
  collect: 'list',
  ...rest,
});

const runs = (pipeline: string): StageAction => ({
  kind: 'pipeline',
  pipeline,
  with: { n: '${{ item }}' },
});

/** A run whose stage `each` sends items through a pipeline of these stages. */
function planOf(
  stages: readonly StagePlan[],
  options: {
    readonly map?: MapPlan;
    readonly inner?: Partial<Plan>;
    readonly stage?: Partial<StagePlan>;
    readonly pipelines?: Readonly<Record<string, Plan>>;
  } = {},
): Plan {
  const inner = aPlan(stages, {
    pipeline: 'inner',
    inputs: { n: { type: 'number', required: true } },
    variables: { factor: 10 },
    ...options.inner,
  });
  const map = options.map ?? overList([1, 2, 3]);
  const retry = { ...aStage('any').retry, max_attempts: 1 };
  return aPlan([aStage('each', { action: runs('inner'), map, retry, ...options.stage })], {
    outputs: { each: '${{ stages.each.output }}' },
    pipelines: { inner, ...options.pipelines },
  });
}

describe('a map over a pipeline', () => {
  it('gives each item inputs, variables and stages of its own, and runs them without child workflows', async () => {
    const plan = planOf(
      [
        uses('fetch', 'echo', { n: '${{ inputs.n * variables.factor }}' }),
        uses('store', 'echo', { got: '${{ stages.fetch.output.n }}' }, { depends_on: ['fetch'] }),
      ],
      { inner: { outputs: { stored: '${{ stages.store.output.got }}' } } },
    );
    const handle = await rig.start(plan);
    const result = await resultOf(handle);
    expect(result.outputs).toEqual({ each: [{ stored: 10 }, { stored: 20 }, { stored: 30 }] });
    expect(result.stages['each']).toMatchObject({ status: 'succeeded', metrics: { calls: 6 } });
    expect(ran.toSorted()).toEqual(
      [0, 1, 2].flatMap((index) => [`each.${index}/fetch`, `each.${index}/store`]),
    );
    const { events = [] } = await handle.fetchHistory();
    expect(events?.some((event) => event.startChildWorkflowExecutionInitiatedEventAttributes)).toBe(false);
  });

  it('fails an item with the path of the stage at fault, and goes on with the others where that is tolerated', async () => {
    const on_item_failure = { max_failures: null, max_failure_ratio: null };
    const plan = planOf([uses('check', 'odd', { n: '${{ inputs.n }}' })], {
      map: overList([1, 2, 3], { on_item_failure }),
      inner: { outputs: { even: '${{ stages.check.output }}' } },
    });
    const result = await rig.run(plan);
    expect(result).toMatchObject({ status: 'succeeded', partial: true });
    expect(result.outputs).toEqual({ each: [null, { even: 2 }, null] });
    expect(result.stages['each']?.items).toMatchObject({ succeeded: 1, failed: 2 });
    expect(result.stages['each']?.items?.failed_items[1]).toMatchObject({
      index: 2,
      error: { type: 'PipelineFailed', message: 'pipeline "inner" failed at stage "check": 3 is odd' },
    });
  });

  it('fails an item whose inputs do not fit before anything of it runs', async () => {
    const result = await rig.run(planOf([uses('check', 'echo', {})], { map: overList(['not a number']) }));
    expect(result.status).toBe('failed');
    expect(result.stages['each']?.items?.failed_items[0]?.error.message).toMatch(
      /pipeline "inner": input "n"/,
    );
    expect(ran).toEqual([]);
  });

  it('runs the hooks of an item as the item ended, and what takes its work back', async () => {
    const hook = (id: string): StagePlan => uses(id, 'echo', { status: '${{ run.status }}' });
    const undo = { action: { kind: 'uses', uses: 'echo', with: {} } } as const;
    const plan = planOf(
      [
        uses('prepare', 'echo', {}, { undo }),
        uses('check', 'odd', { n: '${{ inputs.n }}' }, { depends_on: ['prepare'] }),
      ],
      {
        map: overList([1, 2], { on_item_failure: { max_failures: 1, max_failure_ratio: null } }),
        inner: {
          hooks: { on_success: [hook('cheer')], on_failure: [hook('mourn')], finally: [hook('tidy')] },
        },
      },
    );
    expect((await rig.run(plan)).status).toBe('succeeded');
    const after = (item: string): readonly string[] => {
      const own = ran.filter((id) => id.startsWith(`${item}/`));
      return own.slice(own.indexOf(`${item}/check`) + 1);
    };
    expect(after('each.0')).toEqual(['each.0/prepare.undo', 'each.0/mourn', 'each.0/tidy']);
    expect(after('each.1')).toEqual(['each.1/cheer', 'each.1/tidy']);
  });

  it('begins an item anew when the stage retries pipelines', async () => {
    const retry = { ...aStage('any').retry, max_attempts: 2 };
    const result = await rig.run(
      planOf([uses('first', 'echo', {}), uses('try', 'flaky', {}, { depends_on: ['first'] })], {
        map: overList([1]),
        stage: { retry },
        inner: { outputs: { said: '${{ stages.try.output }}' } },
      }),
    );
    expect(result.outputs).toEqual({ each: [{ said: 'at last' }] });
    expect(ran).toEqual(['each.0/first', 'each.0/try', 'each.0/first', 'each.0/try']);
  });

  it('runs fan-outs and pipelines inside the pipeline of an item in the same workflow', async () => {
    const leaf = aPlan([uses('leaf', 'echo', { n: '${{ inputs.n }}' })], {
      pipeline: 'leaf',
      inputs: { n: { type: 'number', required: true } },
      outputs: { n: '${{ stages.leaf.output.n }}' },
    });
    const map = overList('${{ [inputs.n, inputs.n + 1] }}');
    const plan = planOf(
      [
        uses('spread', 'echo', '${{ item }}', { map }),
        aStage('leaves', { action: runs('leaf'), map }),
        aStage('alone', { action: { kind: 'pipeline', pipeline: 'leaf', with: { n: '${{ inputs.n }}' } } }),
      ],
      {
        pipelines: { leaf },
        inner: {
          outputs: {
            spread: '${{ stages.spread.output }}',
            leaves: '${{ stages.leaves.output }}',
            alone: '${{ stages.alone.output.n }}',
          },
        },
      },
    );
    const handle = await rig.start(plan);
    const result = await resultOf(handle);
    expect(result.outputs).toEqual({
      each: [1, 2, 3].map((n) => ({
        spread: [n, n + 1],
        leaves: [{ n }, { n: n + 1 }],
        alone: n,
      })),
    });
    expect(ran).toContain('each.2/leaves.1/leaf');
    const { events = [] } = await handle.fetchHistory();
    expect(events?.some((event) => event.startChildWorkflowExecutionInitiatedEventAttributes)).toBe(false);
  });

  it('gives an item up at the limit of its pipeline, each time that it is tried', async () => {
    const wait = aStage('wait', { action: { kind: 'sleep', duration: 3_600_000 } });
    const retry = { ...aStage('any').retry, max_attempts: 2 };
    const plan = planOf([wait], { map: overList([1]), inner: { timeout_ms: 60_000 }, stage: { retry } });
    const result = await rig.run(plan);
    expect(result.total_duration_ms).toBeGreaterThan(120_000);
    expect(result.stages['each']?.items?.failed_items[0]?.error).toMatchObject({
      type: 'TimeoutError',
      message: 'pipeline "inner" timed out',
    });
  });

  it('runs pipelines of a map that is divided over workflows inside those', async () => {
    const plan = planOf(
      [
        uses('fetch', 'echo', { n: '${{ inputs.n }}' }),
        uses('store', 'echo', { got: '${{ stages.fetch.output.n }}' }, { depends_on: ['fetch'] }),
      ],
      {
        map: overList([1, 2, 3, 4, 5, 6, 7]),
        inner: { outputs: { stored: '${{ stages.store.output.got }}' } },
      },
    );
    const result = await rig.run(plan, { more: { map_limits: { inline: 2, shard: 6 } } });
    expect(result.outputs).toEqual({ each: [1, 2, 3, 4, 5, 6, 7].map((stored) => ({ stored })) });
    expect(new Set(ran).size).toBe(14);
    expect(ran).toHaveLength(14);
  });

  it('ends at once when all of it is computed', async () => {
    const set = aStage('double', { action: { kind: 'set', output: '${{ inputs.n * 2 }}', state: {} } });
    const result = await rig.run(
      planOf([set], { inner: { outputs: { doubled: '${{ stages.double.output }}' } } }),
    );
    expect(result.outputs).toEqual({ each: [{ doubled: 2 }, { doubled: 4 }, { doubled: 6 }] });
  });

  it('lets an item go on to its next stage while others are still in the first', async () => {
    const plan = planOf([uses('first', 'hang', {}), uses('second', 'hang', {}, { depends_on: ['first'] })]);
    const handle = await rig.start(plan);
    await Promise.all([0, 1, 2].map((index) => controlled.arrival(`each.${index}/first`)));
    controlled.end('each.1/first');
    await controlled.arrival('each.1/second');
    for (const id of ['each.0/first', 'each.1/second', 'each.2/first']) controlled.end(id);
    await Promise.all([0, 2].map((index) => controlled.arrival(`each.${index}/second`)));
    for (const index of [0, 2]) controlled.end(`each.${index}/second`);
    expect((await resultOf(handle)).status).toBe('succeeded');
  });
});

// The clock of a test server stays locked after a cancelled activity, so these have a server of their own.
describe('a map over a pipeline that is cancelled', () => {
  let own: WorkflowRig;
  const stage = controlledStage();
  const tidied: string[] = [];
  beforeAll(async () => {
    own = await WorkflowRig.create({
      hang: stage.hang,
      echo: (task: StageTask) => {
        tidied.push(task.stage.id);
        return { output: null };
      },
    });
  });
  afterEach(() => own.close());

  it('reaches the running stages of every item and lets its `finally` stages run', async () => {
    const plan = planOf([uses('work', 'hang', {})], {
      inner: { hooks: { on_success: [], on_failure: [], finally: [uses('tidy', 'echo', {})] } },
    });
    const handle = await own.start(plan);
    await Promise.all([0, 1, 2].map((index) => stage.arrival(`each.${index}/work`)));
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('cancelled');
    expect(tidied.toSorted()).toEqual(['each.0/tidy', 'each.1/tidy', 'each.2/tidy']);
  });
});
