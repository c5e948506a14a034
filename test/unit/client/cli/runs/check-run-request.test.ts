import { expect, it } from 'vitest';
import { checkRunRequest } from '../../../../../src/client/cli/runs/check-run-request.js';
import { aPlan } from '../../../../support/a-plan.js';

const plan = aPlan([], {
  inputs: {
    dataset: { type: 'string', required: true },
    epochs: { type: 'integer', required: false, default: 3, minimum: 1 },
  },
  modes: { daily: { stages: null, variables: {} } },
});

it('lets a request pass that fits', () => {
  expect(() => checkRunRequest(plan, { inputs: { dataset: 'a.csv' }, mode: 'daily' })).not.toThrow();
});

it('says in one sentence what one thing is wrong', () => {
  expect(() => checkRunRequest(plan, { inputs: {}, mode: null })).toThrow(
    'Pipeline "example" cannot start: input "dataset" (string) is required and was not given.',
  );
});

it('lists everything that is wrong, and what was probably meant', () => {
  const request = { inputs: { dataset: 'a.csv', epoch: 2, epochs: 0 }, mode: 'dayly' };
  expect(() => checkRunRequest(plan, request)).toThrow(
    [
      'Pipeline "example" cannot start, for 3 reasons:',
      '  input "epoch" does not exist. Inputs: dataset, epochs. Did you mean "epochs"?',
      '  input "epochs" must be at least 1, got 0',
      '  mode "dayly" does not exist. Modes: daily. Did you mean "daily"?',
    ].join('\n'),
  );
});
