import { describe, expect, it } from 'vitest';
import { cel, definePipeline, type Expr, z } from '../../../../src/index.js';
import { celTextOf } from '../../../../src/definition/builder/expr.js';
import type { Json } from '../../../../src/shared/json.js';
import { evaluate } from '../../../../src/expressions/evaluate.js';
import { scopeWith } from '../../expressions/scope.js';

const n = cel<number>`inputs.n`;
const text = cel<string>`inputs.text`;
const list = cel<readonly number[]>`inputs.list`;
const words = cel<readonly string[]>`inputs.words`;
const gone = cel<{ readonly deep?: { readonly gone?: string } }>`inputs`;

const inputs = { n: 3, text: ' Ab,c ', list: [1, 2, 3], words: ['a', 'b'] };
const textOf = (expr: Expr<unknown>): string => celTextOf(expr)?.text ?? '';

describe('cel', () => {
  it.each<[Expr<unknown>, string, Json]>([
    [cel.ge(n, 3), 'inputs.n >= 3', true],
    [cel.le(n, -1), 'inputs.n <= -1', false],
    [cel.ne(text, 'x'), 'inputs.text != "x"', true],
    [cel.eq(text, null), 'inputs.text == null', false],
    [cel.in(2, list), '2 in inputs.list', true],
    [cel.in(n, [1, 2]), 'inputs.n in [1, 2]', false],
    [cel<string>`${words}.join("\n")`, 'inputs.words.join("\\n")', 'a\nb'],
    [cel<boolean>`${text}.matches("\\s")`, 'inputs.text.matches("\\\\s")', true],
    [cel.not(cel.and(cel.gt(n, 1), true)), '!(inputs.n > 1 && true)', false],
    [cel.or(cel.lt(n, 1), cel.lt(n, 2), cel.lt(n, 9)), 'inputs.n < 1 || inputs.n < 2 || inputs.n < 9', true],
    [cel.mod(cel.div(n, 2), 1), 'inputs.n / 2 % 1', 0.5],
    [cel.mul(cel.add(n, 1), 2), '(inputs.n + 1) * 2', 8],
    [cel.sub(1, cel.sub(n, 1)), '1 - (inputs.n - 1)', -1],
    [cel.size(list), 'size(inputs.list)', 3],
    [cel.at(list, 0), 'inputs.list[0]', 1],
    [cel.at(list, cel.sub(n, 1)), 'inputs.list[inputs.n - 1]', 3],
    [cel.all(list, (i) => cel.gt(i, 0)), 'inputs.list.all(it, it > 0)', true],
    [cel.exists(list, (i) => cel.gt(i, n)), 'inputs.list.exists(it, it > inputs.n)', false],
    [cel.filter(list, (i) => cel.lt(i, n)), 'inputs.list.filter(it, it < inputs.n)', [1, 2]],
    [
      cel.map(list, (a) => cel.size(cel.filter(list, (b) => cel.lt(b, a)))),
      'inputs.list.map(it, size(inputs.list.filter(it2, it2 < it)))',
      [0, 1, 2],
    ],
    [cel.contains(text, 'b,'), 'inputs.text.contains("b,")', true],
    [cel.startsWith(text, ' A'), 'inputs.text.startsWith(" A")', true],
    [cel.endsWith(text, 'c'), 'inputs.text.endsWith("c")', false],
    [cel.matches(text, '[a-z],'), 'inputs.text.matches("[a-z],")', true],
    [
      cel.split(cel.lowerAscii(cel.trim(text)), ','),
      'inputs.text.trim().lowerAscii().split(",")',
      ['ab', 'c'],
    ],
    [cel.join(words, '+'), 'inputs.words.join("+")', 'a+b'],
    [
      cel.upperAscii(cel.string(cel.if(cel.gt(n, 1), 'yes', 'no'))),
      'string(inputs.n > 1 ? "yes" : "no").upperAscii()',
      'YES',
    ],
    [cel.has(gone.deep), 'has(inputs.deep)', false],
    [cel.orElse(gone.deep, 7), 'has(inputs.deep) && inputs.deep != null ? inputs.deep : 7', 7],
    [cel.orElse(n, 7), 'inputs.n != null ? inputs.n : 7', 3],
    [cel.orElse(cel.at(cel.present(list), 1), 7), 'inputs.list[1] != null ? inputs.list[1] : 7', 2],
    [
      cel.eq(text, cel.text`${n} of ${cel.size(list)}`),
      'inputs.text == string(inputs.n) + " of " + string(size(inputs.list))',
      false,
    ],
    [
      cel`{"n": ${n}, "rest": ${[1, { a: text, b: undefined }]}}`,
      '{"n": inputs.n, "rest": [1, {"a": inputs.text}]}',
      { n: 3, rest: [1, { a: ' Ab,c ' }] },
    ],
  ])('%# is CEL that means the same', (expr, cel, value) => {
    expect(textOf(expr)).toBe(cel);
    expect(evaluate(textOf(expr), scopeWith(inputs))).toEqual(value);
  });

  it('names fields as CEL can read them', () => {
    const owner = cel<{ 'a-b': 1; in: 2; plain: { 'x y': 3 } }>`inputs.o`;
    expect(textOf(owner['a-b'])).toBe('inputs.o["a-b"]');
    expect(textOf(owner.in)).toBe('inputs.o["in"]');
    expect(textOf(owner.plain['x y'])).toBe('inputs.o.plain["x y"]');
    expect(textOf(cel.at(cel<Record<string, number>>`state`, 'k'))).toBe('state.k');
  });

  it('becomes the `${{ }}` of the language in a text', () => {
    expect(cel.text`half of ${n}`).toBe('half of ${{ inputs.n }}');
    // oxlint-disable-next-line typescript/restrict-template-expressions -- what people write who do not lint
    expect(`half of ${n}`).toBe('half of ${{ inputs.n }}');
  });

  it('is refused where only the value itself would do', () => {
    expect(() => ({ ...cel<object>`inputs.o` })).toThrow('`inputs.o` is known only when the pipeline runs');
    expect(() => cel.has(cel.at(list, 0))).toThrow('cel.has needs a field');
    expect(() => cel`${() => 1}`).toThrow('A function cannot be a part of an expression.');
    expect(() => cel.add(n, Number.NaN)).toThrow('`NaN` cannot be a part of an expression.');
    expect(() => cel.eq(text, '${{ never closed')).toThrow('cannot be read: `${{` is never closed by `}}`');
  });
});

describe('definePipeline', () => {
  it('refuses two children of one name', () => {
    const child = (n: number) =>
      definePipeline({ name: 'child' }, ({ stage }) => void stage.set('a', { output: n }));
    const parent = () =>
      definePipeline({ name: 'parent' }, ({ stage }) => {
        stage.pipeline('a', child(1));
        stage.pipeline('b', child(2));
      });
    expect(parent).toThrow('Two different pipelines are named "child"; rename one.');
  });

  it('calls its function once, and gives plain data', () => {
    let calls = 0;
    const made = definePipeline({ name: 'once', inputs: { a: z.string() } }, ({ stage, inputs }) => {
      calls += 1;
      return { out: stage.set('s', { output: inputs.a }).output };
    });
    expect(calls).toBe(1);
    expect(made.definition).toEqual({
      name: 'once',
      inputs: { a: { type: 'string', required: true } },
      stages: [{ id: 's', set: { output: '${{ inputs.a }}' } }],
      outputs: { out: '${{ stages.s.output }}' },
    });
  });
});
