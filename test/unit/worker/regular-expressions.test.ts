import { expect, it } from 'vitest';
import { evaluateCondition } from '../../../src/expressions/evaluate.js';
import { boundRegularExpressions } from '../../../src/worker/runtime.js';

it('a pattern that backtracks without end gets its answer all the same', () => {
  boundRegularExpressions();
  const text = `${'a'.repeat(60)}!`;
  const scope = {
    inputs: { text },
    variables: {},
    stages: {},
    state: {},
    metrics: {},
    run: {
      id: 'r',
      workflow_id: 'p/r',
      pipeline: 'p',
      version: '1',
      mode: null,
      attempt: 1,
      started_at: '2026-01-01T00:00:00Z',
      scheduled_at: '2026-01-01T00:00:00Z',
    },
  };
  expect(evaluateCondition('inputs.text.matches("^(a+)+$")', scope)).toBe(false);
});
