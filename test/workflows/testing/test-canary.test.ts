import { afterAll, expect, it } from 'vitest';
import { StageFailure } from '../../../src/index.js';
import { closeTestServers, testPipeline } from '../../../src/testing/index.js';
import { aCanaryStage } from '../../support/a-canary.js';
import { aPlan, aStage } from '../../support/a-plan.js';

afterAll(() => closeTestServers());

const plan = aPlan(
  [
    aCanaryStage('canary'),
    aStage('tell', { action: { kind: 'uses', uses: 'tell', with: {} }, depends_on: ['canary'] }),
  ],
  { outputs: { phase: '${{ stages.canary.output.phase }}' } },
);

it('runs a canary with mocks for the functions that it tells and asks, and its soak takes no time', async () => {
  const told: number[] = [];
  const result = await testPipeline(plan, {
    mocks: {
      'set-weight': ({ weight }: { readonly weight: number }) => {
        told.push(weight);
        return null;
      },
      measure: () => ({ value: 50, samples: 200 }),
      tell: () => null,
    },
  });
  expect(result).toMatchObject({ status: 'succeeded', outputs: { phase: 'promoted' } });
  expect(told).toEqual([5, 50, 100]);
});

it('takes one mock by the ID of a canary for the whole of it', async () => {
  const asked: unknown[] = [];
  const tell = () => null;
  const promoted = await testPipeline(plan, {
    mocks: {
      canary: (versions) => {
        asked.push(versions);
        return { phase: 'promoted' };
      },
      tell,
    },
  });
  expect(promoted).toMatchObject({ status: 'succeeded', outputs: { phase: 'promoted' } });
  expect(asked).toEqual([{ baseline: 'v1', candidate: 'v2' }]);
  const canary = (): never => {
    throw new StageFailure('rolled back: too slow', { type: 'CanaryRolledBack', retryable: false });
  };
  const rolledBack = await testPipeline(plan, { mocks: { canary, tell } });
  expect(rolledBack.stages['canary']?.error).toMatchObject({ type: 'CanaryRolledBack' });
});
