import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/expressions/evaluate.js';
import { PROBLEM_CODES } from '../../../src/definition/problem-codes.js';
import { definitionSchema } from '../../../src/definition/schema/definition-schema.js';
import { stageSchema } from '../../../src/definition/schema/stage-schema.js';
import { ERROR_TYPE } from '../../../src/shared/names.js';
import { scopeWith } from '../expressions/scope.js';

const errors = readFileSync('docs/reference/errors.md', 'utf8');
const definition = readFileSync('docs/reference/definition.md', 'utf8');
const expressions = readFileSync('docs/reference/expressions.md', 'utf8');

describe('the reference of errors', () => {
  const [problems = '', types = ''] = errors.split('## Errors of a stage');

  it('lists exactly the codes that exist, with their meaning', () => {
    const rows = [...problems.matchAll(/^\| `([a-z-]+)` +\| (.+?) +\|$/gm)].map(([, code, text]) => [
      code,
      text,
    ]);
    expect(rows).toEqual(Object.entries(PROBLEM_CODES));
  });

  it('lists exactly the types of errors that exist', () => {
    const rows = [...types.matchAll(/^\| `(\w+)` +\|/gm)].map((match) => match[1] ?? '');
    expect(rows.toSorted()).toEqual(Object.values(ERROR_TYPE).toSorted());
  });
});

describe('the reference of the language', () => {
  it.each(Object.keys(definitionSchema.shape).filter((key) => key !== '$schema'))(
    'names the key %s',
    (key) => {
      expect(definition).toContain(`\`${key}\``);
    },
  );

  it.each(Object.keys(stageSchema.shape))('names the key %s of a stage', (key) => {
    expect(definition).toContain(`\`${key}\``);
  });
});

describe('the reference of expressions', () => {
  it.each<[string, unknown]>([
    ['5 / 2', 2.5],
    ['1 + 1.5', 2.5],
    ['1 == 1.0', true],
    ['"seen" in state', true],
    ['has(state.seen)', true],
    ['cel.bind(x, 2, x * x)', 4],
    ['["a", "b"].join(",")', 'a,b'],
    ['"  a ".trim()', 'a'],
    ['bool("true")', true],
    ['{"a": 1}.map(key, key)', ['a']],
    ['[1, 2, 3].map(i, i > 1, i * 2)', [4, 6]],
    ['timestamp("2026-01-31T09:00:00Z").getMonth()', 0],
    ['duration("90s")', '90s'],
  ])('is true: %s gives %j', (source, expected) => {
    expect(evaluate(source, scopeWith())).toEqual(expected);
  });

  it('names every method that it promises', () => {
    for (const name of ['contains', 'startsWith', 'matches', 'split', 'substring', 'hash(x)', 'exists_one']) {
      expect(expressions).toContain(name);
    }
  });
});
