import { expect, it } from 'vitest';
import { pipelinesModel } from '../../../../src/client/graph/pipelines-model.js';
import { toMermaid } from '../../../../src/client/graph/mermaid.js';
import { aPlan, aStage } from '../../../support/a-plan.js';

const data = aPlan([], { pipeline: 'data', provides: ['prices'] });
const metrics = aPlan([], {
  pipeline: 'metrics',
  requires: [
    { dataset: 'prices', max_age_ms: null },
    { pipeline: 'scenarios', max_age_ms: null },
    { dataset: 'news', max_age_ms: null },
  ],
});

it('draws what pipelines require, provide and call, what is not there too', () => {
  const call = (id: string) =>
    aStage(id, { action: { kind: 'pipeline', pipeline: `./${id}.yaml`, with: {} } });
  const weekly = aPlan([call('data'), call('metrics')], {
    pipeline: 'weekly',
    pipelines: { './data.yaml': data, './metrics.yaml': metrics },
  });
  const model = pipelinesModel([weekly]);
  expect(model.waves.map((wave) => wave.map(({ key }) => key))).toEqual([
    ['data', 'scenarios', 'dataset news'],
    ['metrics'],
    ['weekly'],
  ]);
  expect(model.edges.map(({ from, to, isImplied }) => [from, to, isImplied])).toEqual([
    ['data', 'weekly', true],
    ['metrics', 'weekly', true],
    ['data', 'metrics', false],
    ['scenarios', 'metrics', false],
    ['dataset news', 'metrics', false],
  ]);
  expect(toMermaid(model)).toContain('provides prices');
});

it('refuses pipelines that require each other', () => {
  const needs = (pipeline: string, other: string) =>
    aPlan([], { pipeline, requires: [{ pipeline: other, max_age_ms: null }] });
  expect(() => pipelinesModel([needs('a', 'b'), needs('b', 'a')])).toThrow('cycle');
});
