import { describe, expect, it } from 'vitest';
import { checkInputs } from '../../../src/engine/check-inputs.js';
import { createRunInput } from '../../../src/engine/create-run-input.js';
import type { InputSpec } from '../../../src/engine/plan.js';
import type { Json } from '../../../src/shared/json.js';
import { aPlan } from '../../support/a-plan.js';

const problemsOf = (spec: Partial<InputSpec> & Pick<InputSpec, 'type'>, value: Json): readonly string[] =>
  checkInputs({ x: { required: false, ...spec } }, { x: value }).problems.map((problem) => problem.message);

describe('the inputs of a run', () => {
  it('get their defaults, and null where there is none', () => {
    const specs = {
      a: { type: 'integer' as const, required: false, default: 3 },
      b: { type: 'string' as const, required: false },
    };
    expect(checkInputs(specs, {})).toEqual({ inputs: { a: 3, b: null }, problems: [] });
  });

  it('are all reported at once when they do not fit', () => {
    const { problems } = checkInputs(
      { rows: { type: 'integer', required: true }, name: { type: 'string', required: false } },
      { name: 4, nme: 'x' },
    );
    expect(problems.map((problem) => problem.message)).toEqual([
      'input "nme" does not exist. Inputs: rows, name.',
      'input "rows" (integer) is required and was not given',
      'input "name" must be a string, got `4` (number)',
    ]);
  });

  it.each<[Partial<InputSpec> & Pick<InputSpec, 'type'>, Json, string]>([
    [{ type: 'integer' }, 1.5, 'input "x" must be an integer, got `1.5` (number)'],
    [{ type: 'number', minimum: 2 }, 1, 'input "x" must be at least 2, got 1'],
    [{ type: 'number', maximum: 2 }, 3, 'input "x" must be at most 2, got 3'],
    [{ type: 'number', exclusive_minimum: 2 }, 2, 'input "x" must be more than 2, got 2'],
    [{ type: 'number', exclusive_maximum: 2 }, 2, 'input "x" must be less than 2, got 2'],
    [{ type: 'number', multiple_of: 0.1 }, 0.25, 'input "x" must be a multiple of 0.1, got 0.25'],
    [{ type: 'string', min_length: 2 }, '😀', 'input "x" must have at least 2 characters, got 1'],
    [{ type: 'string', max_length: 2 }, 'abc', 'input "x" must have at most 2 characters, got 3'],
    [{ type: 'string', pattern: '^a' }, 'b', 'input "x" must match ^a, got `"b"` (string)'],
    [{ type: 'string', enum: ['a', 'b'] }, 'c', 'input "x" must be one of "a", "b", got `"c"` (string)'],
    [{ type: 'boolean' }, 'true', 'input "x" must be a boolean, got `"true"` (string)'],
    [{ type: 'date' }, '2026-02-30', 'input "x" must be a date, got `"2026-02-30"` (string)'],
    [{ type: 'list', min_items: 1 }, [], 'input "x" must have at least 1 items, got 0'],
    [{ type: 'list', max_items: 1 }, [1, 2], 'input "x" must have at most 1 items, got 2'],
    [{ type: 'list', unique_items: true }, [1, 1], 'input "x" must not repeat an item'],
    [{ type: 'object' }, [], 'input "x" must be an object, got `[]` (list)'],
  ])('are refused by %o: %o', (spec, value, message) => {
    expect(problemsOf(spec, value)).toEqual([message]);
  });

  it.each<[Partial<InputSpec> & Pick<InputSpec, 'type'>, Json]>([
    [{ type: 'number', multiple_of: 0.1 }, 0.3],
    [{ type: 'date' }, '2026-11-21'],
    [{ type: 'date' }, '2026-11-21T10:00:00Z'],
    [{ type: 'integer', minimum: 1 }, 1],
    [{ type: 'list', unique_items: true }, [1, '1']],
  ])('pass %o: %o', (spec, value) => {
    expect(problemsOf(spec, value)).toEqual([]);
  });
});

describe('a request for a run', () => {
  const plan = aPlan([], {
    variables: { window: 30 },
    modes: { daily: { stages: null, variables: { window: 1 } } },
  });

  it('puts the values of the mode over the variables', () => {
    expect(createRunInput(plan, { mode: 'daily' })).toMatchObject({
      input: { variables: { window: 1 }, mode: 'daily' },
    });
  });

  it('names the modes there are when one does not exist', () => {
    expect(createRunInput(plan, { mode: 'weekly' })).toEqual({
      problems: ['mode "weekly" does not exist. Modes: daily.'],
    });
  });
});
