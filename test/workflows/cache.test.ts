import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StageTask } from '../../src/shared/task.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { WorkflowRig } from '../support/workflow-rig.js';

let rig: WorkflowRig;
const tasks: StageTask[] = [];
beforeAll(async () => {
  rig = await WorkflowRig.create({
    work: (task) => {
      tasks.push(task);
      return { output: 1 };
    },
    cached: (task) => {
      tasks.push(task);
      return { output: 2, metrics: { rows: 5 }, reused_from: 'cache example/earlier' };
    },
  });
});
afterAll(() => rig.close());

const uses = (name: string) => ({ action: { kind: 'uses' as const, uses: name, with: {} } });

describe('a stage with a cache', () => {
  test('tells its activity the resolved key and the age, and others are told nothing', async () => {
    tasks.length = 0;
    await rig.run(
      aPlan([
        aStage('plain', uses('work')),
        aStage('keyed', {
          ...uses('work'),
          depends_on: ['plain'],
          cache: { key: { of: '${{ stages.plain.output + 1 }}' }, max_age_ms: 60_000 },
        }),
        aStage('default', {
          ...uses('work'),
          depends_on: ['keyed'],
          cache: { key: null, max_age_ms: null },
        }),
      ]),
    );
    expect(tasks.map((task) => task.cache)).toEqual([undefined, { key: { of: 2 }, max_age_ms: 60_000 }, {}]);
  });

  test('shows that its result was reused, of which run, and that nothing was executed', async () => {
    const result = await rig.run(
      aPlan([aStage('a', { ...uses('cached'), cache: { key: null, max_age_ms: null } })]),
    );
    expect(result.stages['a']).toMatchObject({
      status: 'reused',
      reused_from: 'cache example/earlier',
      output: 2,
      attempts: 0,
    });
    expect(result).toMatchObject({
      success: true,
      partial: false,
      executed_stages: [],
      metrics: { rows: 5 },
    });
  });

  test('fails when its key cannot be computed', async () => {
    const cache = { key: '${{ inputs.none.deep }}', max_age_ms: null };
    const result = await rig.run(aPlan([aStage('a', { ...uses('work'), cache })]));
    expect(result.stages['a']).toMatchObject({ status: 'failed', error: { type: 'ExpressionError' } });
  });
});
