import { expect, test } from 'vitest';
import { itemWeight } from '../../../src/engine/item-weight.js';
import type { MapPlan } from '../../../src/engine/map-plan.js';
import type { StageAction, StagePlan } from '../../../src/engine/plan.js';
import { aPlan, aStage } from '../../support/a-plan.js';

const pipelineStage = (pipeline: string, overrides: Partial<StagePlan> = {}): StagePlan =>
  aStage('each', { action: { kind: 'pipeline', pipeline, with: {} }, ...overrides });
const set: StageAction = { kind: 'set', output: 1, state: {} };
const over = (map: Partial<MapPlan>): MapPlan => ({
  over: { type: 'list', list: [1, 2, 3, 4, 5] },
  as: 'item',
  batch_size: 1,
  whole_batch: false,
  max_concurrency: null,
  on_item_failure: { max_failures: 0, max_failure_ratio: null },
  collect: 'list',
  ...map,
});

test('a function is one activity, and a computed value counts as one too', () => {
  expect(itemWeight(aStage('a'), {})).toEqual({ activities: 1, parallel: 1 });
  expect(itemWeight(aStage('a', { action: set }), {})).toEqual({ activities: 1, parallel: 1 });
});

test('a pipeline is all of its activities, and as many at once as its widest level has', () => {
  const stages = [
    aStage('fetch'),
    aStage('left', { depends_on: ['fetch'] }),
    aStage('right', { depends_on: ['fetch'] }),
    aStage('sum', { depends_on: ['left', 'right'], action: set }),
  ];
  const inner = aPlan(stages, {
    hooks: { on_success: [aStage('tell')], on_failure: [], finally: [aStage('tidy')] },
  });
  expect(itemWeight(pipelineStage('inner'), { inner })).toEqual({ activities: 5, parallel: 2 });
  const narrow = { inner: { ...inner, max_parallel_stages: 1 } };
  expect(itemWeight(pipelineStage('inner'), narrow)).toMatchObject({ parallel: 1 });
});

test('pipelines and fan-outs inside a pipeline multiply', () => {
  const leaf = aPlan([aStage('a'), aStage('b', { depends_on: ['a'] })]);
  const mapped = pipelineStage('leaf', { map: over({ max_concurrency: 2 }) });
  expect(itemWeight(pipelineStage('mid'), { leaf, mid: aPlan([mapped]) })).toEqual({
    activities: 10,
    parallel: 2,
  });
});

test('pipelines that contain each other are weighed all the same', () => {
  expect(itemWeight(pipelineStage('a'), { a: aPlan([pipelineStage('a')]) }).activities).toBe(1);
});
