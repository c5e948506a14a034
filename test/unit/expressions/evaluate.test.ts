import { describe, expect, it } from 'vitest';
import { evaluate, evaluateCondition } from '../../../src/expressions/evaluate.js';
import { ExpressionError } from '../../../src/expressions/expression-error.js';
import type { Json } from '../../../src/shared/json.js';
import { scopeWith } from './scope.js';

const scope = scopeWith({
  i: 3,
  list: [1, 2, 3],
  mixed: [1, 'a'],
  text: 'abc',
  object: { a: 1, b: null },
  time: '2026-01-31T09:00:00Z',
});

describe('values', () => {
  it.each<[string, Json]>([
    ['inputs.text + "d"', 'abcd'],
    ['inputs.text.contains("b") && inputs.text.startsWith("a")', true],
    ['inputs.text.matches("^a.c$")', true],
    ['inputs.text.substring(1)', 'bc'],
    ['"a,b".split(",")[1]', 'b'],
    ['inputs.text.upperAscii()', 'ABC'],
    ['"n=" + string(inputs.i)', 'n=3'],
    ['inputs.list.map(x, x * 2)', [2, 4, 6]],
    ['inputs.list.filter(x, x > 1)', [2, 3]],
    ['inputs.list.all(x, x > 0)', true],
    ['inputs.list.exists(x, x == 2)', true],
    ['inputs.list.exists_one(x, x > 2)', true],
    ['inputs.list.map(x, inputs.list.map(y, x * y))[2][2]', 9],
    ['has(inputs.object.a) && !has(inputs.object.c)', true],
    ['inputs.object.b', null],
    ['inputs.object.b == null', true],
    ['"a" in inputs.object', true],
    ['2 in inputs.list && !("2" in inputs.list)', true],
    ['inputs.mixed + [true]', [1, 'a', true]],
    ['inputs.list == [1.0, 2.0, 3.0]', true],
    ['{"b": null, "a": 1} == inputs.object', true],
    ['inputs.i > 1 ? "many" : 1', 'many'],
    ['{"sum": 1 + 1, "all": [1, 2.5, "x"]}', { sum: 2, all: [1, 2.5, 'x'] }],
    ['stages["my-id"].output + 1', 2],
    ['stages.train.output.rows > 100 && stages.train.status == "succeeded"', true],
    ['metrics.rows + stages.train.metrics.seconds', 11],
    ['run.pipeline + "/" + variables.out_dir', 'demo/./out'],
    ['state.seen', true],
    ['cel.bind(x, inputs.i + 1, x * x)', 16],
  ])('%s gives %j', (source, expected) => {
    expect(evaluate(source, scope)).toEqual(expected);
  });

  it.each<[string, Json]>([
    ['timestamp(inputs.time)', '2026-01-31T09:00:00.000Z'],
    ['timestamp(inputs.time) + duration("90m")', '2026-01-31T10:30:00.000Z'],
    ['timestamp(inputs.time) - timestamp("2026-01-31T08:59:00Z")', '60s'],
    ['timestamp(inputs.time).getFullYear() + 1', 2027],
    ['timestamp(inputs.time) > timestamp("2025-01-01T00:00:00Z")', true],
    ['string(timestamp(60) - timestamp(0))', '60s'],
    ['duration("1m30s").getSeconds() == 90', true],
    ['[timestamp(0)]', ['1970-01-01T00:00:00.000Z']],
  ])('times and durations become text: %s gives %j', (source, expected) => {
    expect(evaluate(source, scope)).toEqual(expected);
  });

  it('gives back parts of the scope without copying them', () => {
    expect(evaluate('inputs.list', scope)).toBe(scope.inputs['list']);
  });

  it('takes objects without a prototype as they are', () => {
    const object = Object.assign(Object.create(null) as object, { a: 1 });
    const values = scopeWith({ object });
    expect(evaluate('dyn(inputs.object).a + inputs.object["a"]', values)).toBe(2);
    expect(evaluate('inputs.object == {"a": 1} && "a" in inputs.object', values)).toBe(true);
    expect(evaluate('[inputs.object].map(x, x)', values)).toEqual([{ a: 1 }]);
    expect(evaluate('hash(inputs.object) == hash({"a": 1})', values)).toBe(true);
  });

  it('never changes the scope', () => {
    const before = JSON.stringify(scope);
    evaluate('inputs.list.map(x, x + 1) + inputs.mixed', scope);
    expect(JSON.stringify(scope)).toBe(before);
  });
});

describe('hash', () => {
  it('is the same for every order of keys', () => {
    const hash = evaluate('hash({"a": 1, "b": [1, {"c": null}]})', scope);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(evaluate('hash({"b": [1, {"c": null}], "a": 1})', scope)).toBe(hash);
  });

  it('differs for different values', () => {
    const values = ['1', '"1"', '[1]', 'null', '"null"', '{}', '[]', 'true'];
    expect(new Set(values.map((value) => evaluate(`hash(${value})`, scope))).size).toBe(values.length);
  });

  it('stays the same between releases, since caches depend on it', () => {
    expect(evaluate('hash({"rows": 120, "name": "träin"})', scope)).toBe(
      'f8f1d96da8dd0e6ca6ec435977bb9c63345124f25688d6ab6d670567aab1dd6c',
    );
  });
});

describe('conditions', () => {
  it('give true or false', () => {
    expect(evaluateCondition('inputs.i == 3', scope)).toBe(true);
    expect(evaluateCondition('inputs.i != 3', scope)).toBe(false);
  });

  it.each([
    ['inputs.i', 'condition gave `3` (number), expected true or false'],
    ['inputs.list', 'condition gave `[1,2,3]` (list), expected true or false'],
    ['inputs.object.b', 'condition gave `null` (null), expected true or false'],
    ['inputs.text', 'condition gave `"abc"` (string), expected true or false'],
  ])('%s is refused', (source, reason) => {
    expect(() => evaluateCondition(source, scope)).toThrow(new ExpressionError(reason, source, null));
  });
});

describe('what goes wrong is said', () => {
  it.each<[string, number | null, string]>([
    ['stages.trian.output', 7, '`stages` has no `trian`. It has: train, my-id.'],
    ['stages.train.outputt', 13, '`stages.train` has no `outputt`. It has: output, status, metrics, error.'],
    ['inputs.list[3]', 0, '`inputs.list` has 3 elements, no element 3 (positions start at 0)'],
    ['inputs.list[-1]', 0, '`inputs.list` has 3 elements, no element -1 (positions start at 0)'],
    ['inputs.list[0.5]', 0, '`inputs.list` has 3 elements, no element 0.5 (a position is a whole number)'],
    ['inputs.list.first', 12, '`inputs.list` is a list, it has no `first`'],
    ['inputs.object.b.c', 16, '`inputs.object.b` is null, it has no `c`'],
    ['inputs.text.length', 12, '`inputs.text` is a string, it has no `length`'],
    ['{}.a', 3, '`{}` has no `a`. It is empty.'],
    ['foo.bar', 0, '`foo` is not a known name. Names here: inputs, variables, stages, state, metrics, run'],
    ['item', 0, '`item` exists only inside a map'],
    [
      'secrets.KEY + "x"',
      0,
      '`secrets` can only stand alone, as in `${{ secrets.NAME }}`, in `with`, `env`, headers and URLs',
    ],
    ['inputs.text + 1', 0, '`+` cannot take string and number'],
    ['1 < "a"', 0, '`<` cannot take number and string'],
    ['!1', 0, '`!` cannot take a number'],
    ['nope(1)', 0, 'there is no function `nope(number)`'],
    ['size(1)', 0, 'there is no function `size(number)`'],
    ['1 ? 2 : 3', 0, "ternary condition must be true or false, got 'number'"],
    ['inputs.i && true', 7, "logical operator requires true or false, got 'number'"],
    ['1 +', 3, 'it ends too early'],
    ['(1', 2, 'expected `)`, got the end'],
    ['1 # 2', 2, 'unexpected character: #'],
    ['  ', 0, 'it is empty'],
    ['"a', 0, 'unterminated string'],
    ['b"abc"', 0, 'bytes are not supported, use a string'],
    ['type(1)', null, 'it gave a type, which has no JSON form'],
    ['double("inf")', null, 'it gave Infinity, which has no JSON form'],
    ['int("x")', 0, 'int() type error: cannot convert it'],
    ['"a".matches("(")', 0, 'invalid regular expression: ('],
    ['timestamp("soon")', 0, 'timestamp() requires a string in ISO 8601 format'],
    ['"abc".substring(4)', null, 'substring from 4 to 3 is outside a text of 3 characters'],
  ])('%s', (source, offset, reason) => {
    const error = failureOf(source);
    expect({ reason: error.reason, offset: error.offset, source: error.source }).toEqual({
      reason,
      offset,
      source,
    });
  });

  it('names the expression, shortened, in the message', () => {
    expect(failureOf('inputs.nope').message).toBe(
      'Expression `inputs.nope`: `inputs` has no `nope`. It has: i, list, mixed, text, object, time.',
    );
    expect(failureOf(`1 + "${'x'.repeat(500)}"`).message.length).toBeLessThan(200);
  });

  it('cuts long lists of names', () => {
    const inputs = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, i]));
    const error = failureOf('inputs.nope', scopeWith(inputs));
    expect(error.reason).toContain('k19, … (50 in all).');
    expect(error.reason).not.toContain('k20');
  });

  it('keys that live in every JavaScript object do not exist', () => {
    for (const key of ['constructor', 'toString', 'hasOwnProperty', '__proto__']) {
      expect(failureOf(`inputs["${key}"]`).reason).toContain(`has no \`${key}\``);
      expect(evaluate(`"${key}" in inputs`, scope)).toBe(false);
    }
  });
});

describe('limits', () => {
  const list = Array.from({ length: 1000 }, (_, i) => i);

  it.each([
    ['nested macros', 'inputs.list.map(a, inputs.list.map(b, inputs.list.map(c, c)))'],
    ['doubling by sharing', doubling(40, (inner) => `[${inner}].map(x, [x, x])`, 'inputs.list')],
    ['doubling by concatenation', doubling(30, (inner) => `[${inner}].map(x, x + x)[0]`, 'inputs.list')],
    ['doubling of text', doubling(40, (inner) => `[${inner}].map(x, x + x)[0]`, '"0123456789abcdef"')],
    ['hashing what is shared', `hash(${doubling(40, (inner) => `[${inner}].map(x, [x, x])`, '1')})`],
  ])('%s ends with an error', (_, source) => {
    expect(failureOf(source, scopeWith({ list })).reason).toBe(
      'it takes more than 500000 steps; do this work in a stage',
    );
  });

  it('comparing what is shared ends with an error', () => {
    const big = doubling(30, (inner) => `[${inner}].map(x, [x, x])`, '[[1]]');
    expect(failureOf(`${big} == ${big}`).reason).toContain('steps');
  });

  it.each([
    ['('.repeat(300), 'it is too large: over maxDepth (100)'],
    [`${'!'.repeat(5000)}true`, 'it is too large: over maxAstNodes (2000)'],
    [`1${'+1'.repeat(4000)}`, 'it is too large: over maxAstNodes (2000)'],
    ['a'.repeat(9000), 'it has 9000 characters, the limit is 8192'],
  ])('a monster is refused', (source, reason) => {
    expect(failureOf(source).reason).toBe(reason);
  });

  it('each evaluation starts with a fresh budget', () => {
    const heavy = 'size(inputs.list.map(a, inputs.list.map(b, b)))';
    const inputs = { list: list.slice(0, 600) };
    for (let i = 0; i < 3; i++) expect(evaluate(heavy, scopeWith(inputs))).toBe(600);
  });
});

function doubling(times: number, wrap: (inner: string) => string, start: string): string {
  let source = start;
  for (let i = 0; i < times; i++) source = wrap(source);
  return source;
}

function failureOf(source: string, values = scope): ExpressionError {
  try {
    evaluate(source, values);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`${source} should have failed`);
}
