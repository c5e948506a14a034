import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateCondition } from '../../../src/expressions/evaluate.js';
import { withMargin } from '../../../src/expressions/margin.js';
import type { JsonObject } from '../../../src/shared/json.js';
import { scopeWith } from './scope.js';

const marginOf = (assert: string, inputs: JsonObject) =>
  withMargin(() => evaluateCondition(assert, scopeWith(inputs)));

describe('the margin of a condition', () => {
  it.each<[string, JsonObject, boolean, number | null]>([
    ['inputs.f1 >= 0.8', { f1: 0.91 }, true, 0.11],
    ['inputs.f1 >= 0.89', { f1: 0.85 }, false, -0.04],
    ['inputs.errors < 3', { errors: 1 }, true, 2],
    ['inputs.errors <= 3', { errors: 5 }, false, -2],
    ['inputs.errors < 3', { errors: 3 }, false, 0],
    ['0.8 <= inputs.f1', { f1: 0.9 }, true, 0.1],
    // Of several comparisons the nearest one counts.
    ['inputs.f1 >= 0.8 && inputs.recall >= 0.7', { f1: 0.9, recall: 0.75 }, true, 0.05],
    ['inputs.f1 >= 0.8 && inputs.recall >= 0.7', { f1: 0.9, recall: 0.6 }, false, -0.1],
    ['inputs.f1 >= 0.8 || inputs.recall >= 0.7', { f1: 0.7, recall: 0.5 }, false, -0.1],
    ['(inputs.f1 + 0.01) >= (inputs.live)', { f1: 0.9, live: 0.88 }, true, 0.03],
    ['[1, 5].all(n, n <= inputs.most)', { most: 7 }, true, 2],
    // No number decides these.
    ['inputs.found || inputs.f1 >= 0.8', { found: true, f1: 0.9 }, true, null],
    ['inputs.name == "a"', { name: 'a' }, true, null],
    ['inputs.name < "b"', { name: 'a' }, true, null],
  ])('%s with %j', (assert, inputs, holds, margin) => {
    expect(marginOf(assert, inputs)).toEqual({ holds, margin });
  });

  it('compares with production where there is one', () => {
    const assert = '!inputs.found || inputs.f1 >= inputs.live.f1 - 0.01';
    expect(marginOf(assert, { found: false, f1: 0.5, live: {} })).toEqual({ holds: true, margin: null });
    expect(marginOf(assert, { found: true, f1: 0.85, live: { f1: 0.9 } })).toEqual({
      holds: false,
      margin: -0.04,
    });
  });

  it('has the sign of the answer, whatever the numbers', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(number, number, fc.constantFrom('<', '<=', '>', '>='), (a, b, op) => {
        const { holds, margin } = marginOf(`inputs.a ${op} inputs.b`, { a, b });
        if (Number.isFinite(a - b)) expect(holds ? (margin ?? -1) >= 0 : (margin ?? 1) <= 0).toBe(true);
        else expect(margin).toBeNull();
      }),
    );
  });

  it('is not kept from one evaluation to the next, also after an error', () => {
    expect(() => marginOf('inputs.f1 >= 0.8 && inputs.f1 > "x"', { f1: 0.9 })).toThrow(
      'Expression `inputs.f1',
    );
    evaluateCondition('inputs.f1 >= 0.1', scopeWith({ f1: 0.9 }));
    expect(marginOf('inputs.f1 >= 0.8', { f1: 0.9 })).toEqual({ holds: true, margin: 0.1 });
  });
});
