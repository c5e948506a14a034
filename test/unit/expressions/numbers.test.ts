import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/expressions/evaluate.js';
import { ExpressionError } from '../../../src/expressions/expression-error.js';
import type { Json } from '../../../src/shared/json.js';
import { scopeWith } from './scope.js';

describe('numbers are of one kind', () => {
  it.each<[string, Json]>([
    ['5 / 2', 2.5],
    ['inputs.i / 2', 1.5],
    ['inputs.i * 2', 6],
    ['inputs.i * 2.5', 7.5],
    ['7 % 4', 3],
    ['inputs.i % 2 == 1', true],
    ['5.5 % 2', 1.5],
    ['1 + 1.5', 2.5],
    ['1 == 1.0', true],
    ['1 != 1.0', false],
    ['1 < 1.5 && 2 > 1.5 && inputs.i >= 3', true],
    ['size(inputs.list) == 3', true],
    ['size(inputs.list) * 2', 6],
    ['size(inputs.list) / 2', 1.5],
    ['size(inputs.list) / size(inputs.text) + 0.5', 1.5],
    ['inputs.list.size() + inputs.text.size()', 6],
    ['inputs.list[0]', 10],
    ['inputs.list[inputs.i - 1]', 30],
    ['inputs.list[size(inputs.list) - 1]', 30],
    ['[1, 2, 3][1]', 2],
    ['inputs.text.indexOf("c") + 1', 3],
    ['inputs.text.substring(inputs.i - 2, 3)', 'bc'],
    ['int("3") + 1', 4],
    ['int(3.7) + 0.5', 3.5],
    ['double("1.5") * 2', 3],
    ['uint(3) + 1', 4],
    ['5u + 1.5', 6.5],
    ['0x10 + 1', 17],
    ['-inputs.i + 1', -2],
    ['inputs.i > 1 ? 1 : 2.5', 1],
    ['inputs.list.map(x, x / 4)', [2.5, 5, 7.5]],
    ['10 in inputs.list && 10.0 in inputs.list', true],
    ['[1, 2.5, 3] == [1.0, 2.5, 3.0]', true],
    ['string(3) + string(2.5)', '32.5'],
    ['inputs.byNumber[1]', 'one'],
    ['type(1) == type(1.5)', true],
    ['inputs.i == "3"', false],
  ])('%s gives %j', (source, expected) => {
    const scope = scopeWith({ i: 3, list: [10, 20, 30], text: 'abc', byNumber: { '1': 'one' } });
    expect(evaluate(source, scope)).toEqual(expected);
  });

  it.each([
    ['1 / 0', 'division by zero'],
    ['1 % 0', 'division by zero'],
    ['inputs.i / 0 > 5', 'division by zero'],
    ['9007199254740993', '9007199254740993 is too large to be held exactly'],
    ['1e308 * 10.0', 'it gave Infinity, which has no JSON form'],
  ])('%s is an error', (source, reason) => {
    const act = (): Json => evaluate(source, scopeWith({ i: 3 }));
    expect(act).toThrow(ExpressionError);
    expect(act).toThrow(reason);
  });

  it('arithmetic over data is that of JSON numbers, also beside literals', () => {
    const value = fc.oneof(
      fc.integer({ min: -1e9, max: 1e9 }),
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    );
    fc.assert(
      fc.property(value, value, fc.constantFrom('+', '-', '*', '/', '%'), (a, b, operator) => {
        fc.pre(!(b === 0 && (operator === '/' || operator === '%')));
        const expected = calculate(a, operator, b);
        fc.pre(Number.isFinite(expected));
        const scope = scopeWith({ a, b });
        expect(evaluate(`inputs.a ${operator} inputs.b`, scope)).toBe(expected);
        expect(evaluate(`inputs.a ${operator} (${literal(b)})`, scope)).toBe(expected);
        expect(evaluate(`(${literal(a)}) ${operator} inputs.b`, scope)).toBe(expected);
        expect(evaluate(`(${literal(a)}) ${operator} (${literal(b)})`, scope)).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('comparisons agree with those of JSON numbers, whole or not', () => {
    const value = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom(0.5, 1.5, -2.5, 1e15, -0.1));
    fc.assert(
      fc.property(value, value, (a, b) => {
        const scope = scopeWith({ a, b });
        const [x, y] = ['inputs.a', literal(b)];
        expect(evaluate(`[${x} < ${y}, ${x} <= ${y}, ${x} > ${y}, ${x} >= ${y}]`, scope)).toEqual([
          a < b,
          a <= b,
          a > b,
          a >= b,
        ]);
        expect(evaluate(`[${x} == ${y}, ${x} != ${y}, ${x} in [${y}]]`, scope)).toEqual([
          a === b,
          a !== b,
          a === b,
        ]);
      }),
      { numRuns: 300 },
    );
  });

  it('every JSON value passes through unchanged', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const json = JSON.parse(JSON.stringify(value)) as Json;
        const scope = scopeWith({ value: json });
        expect(evaluate('inputs.value', scope)).toEqual(json);
        expect(evaluate('[inputs.value]', scope)).toEqual([json]);
      }),
    );
  });
});

function calculate(a: number, operator: string, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    default:
      return a % b;
  }
}

function literal(value: number): string {
  const text = Number.isInteger(value) ? value.toFixed(0) : String(value);
  return Object.is(value, -0) ? '-0.0' : text;
}
