import { describe, expect, it } from 'vitest';
import { loadDefinitionText } from '../../../src/definition/load.js';
import { formatProblem } from '../../../src/definition/problem.js';
import { PROBLEM_CODES } from '../../../src/definition/problem-codes.js';
import { MISTAKES } from './mistakes.js';

const options = { file: 'pipeline.yaml', catalog: null, env: { HOME: '/home/me' } };

describe.each(Object.entries(MISTAKES))('a mistake in a %s', (_, mistakes) => {
  it.each(mistakes)('$title is reported', async ({ text, problems }) => {
    const outcome = await loadDefinitionText(text, options);
    expect(outcome.problems.map((problem) => `${problem.code} ${formatProblem(problem)}`)).toEqual(problems);
    expect(outcome.plan).toBeNull();
  });
});

describe('the mistakes', () => {
  it('cover every code but those that need files or stage functions', () => {
    const covered = new Set(
      Object.values(MISTAKES)
        .flat()
        .flatMap(({ problems }) => problems.map((line) => line.split(' ')[0])),
    );
    const elsewhere = [
      'file-not-found',
      'file-too-large',
      'module-failed',
      'no-pipeline',
      'recursive-pipeline',
      'too-deep',
      'too-many-problems',
      'too-many-values',
      'unknown-channel',
      'unknown-pool',
      'unknown-stage-function',
    ];
    const missing = Object.keys(PROBLEM_CODES).filter((code) => !covered.has(code));
    expect(missing.toSorted()).toEqual(elsewhere);
  });
});
