import { expect, it } from 'vitest';
import { detailsOf, memoOf, summaryOf } from '../../../src/client/start-options.js';
import { aPlan } from '../../support/a-plan.js';

const input = {
  plan: aPlan([], { description: 'Trains the mapper\nand ships it', labels: { team: 'a|b' } }),
  inputs: { dataset: 'a.csv', odd: 'a`|b', rows: 'x'.repeat(1000) },
  variables: {},
  mode: 'daily',
};

it('keeps small inputs in the memo and only the size of big ones', () => {
  expect(memoOf(input)).toEqual({
    pipeline: 'example',
    version: '1.0.0',
    description: 'Trains the mapper\nand ships it',
    mode: 'daily',
    stages: 0,
    inputs: { dataset: 'a.csv', odd: 'a`|b', rows: '(1002 characters of JSON)' },
  });
});

it('sums a run up in the first line of its description', () => {
  expect(summaryOf(input)).toBe('Trains the mapper (mode daily)');
});

it('describes a run as a Markdown table that no value can break', () => {
  expect(detailsOf(input)).toContain('| team | a\\|b |');
  expect(detailsOf(input)).toContain('| Input `dataset` | `"a.csv"` |');
  expect(detailsOf(input)).toContain('| Input `odd` | `"a\'\\|b"` |');
});
