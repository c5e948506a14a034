import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { cel, definePipeline, type Expr, type Stage, z } from '../../../../src/index.js';
import { celTextOf } from '../../../../src/definition/builder/expr.js';
import type { StageList } from '../../../../src/definition/builder/kinds.js';
import { loadDefinitionText, loadDefinitionValue } from '../../../../src/definition/load.js';
import { evaluate } from '../../../../src/expressions/evaluate.js';
import { scopeWith } from '../../expressions/scope.js';

const options = { catalog: null, env: {} };

/** A stage in a form of its own, from which both the builder's calls and the YAML are made. */
type Sketch = {
  readonly kind: 'set' | 'run' | 'uses' | 'http' | 'gate' | 'sleep' | 'map';
  /** Which earlier stage it reads, if there is any. */
  readonly reads: number;
  readonly dashed: boolean;
  readonly field: string;
  readonly threshold: number;
  readonly timeout: string | null;
  readonly attempts: number | null;
  readonly conditional: boolean;
  readonly after: number | null;
  readonly hook: boolean;
};

const sketch: fc.Arbitrary<Sketch> = fc.record({
  kind: fc.constantFrom('set', 'run', 'uses', 'http', 'gate', 'sleep', 'map'),
  reads: fc.nat(20),
  dashed: fc.boolean(),
  field: fc.constantFrom('rows', 'in', 'a-b', 'größe', 'toString', 'then', '0', 'x y'),
  threshold: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: 0, max: 1, noNaN: true })),
  timeout: fc.constantFrom(null, '90s', '1h'),
  attempts: fc.option(fc.integer({ min: 1, max: 9 })),
  conditional: fc.boolean(),
  after: fc.option(fc.nat(20)),
  hook: fc.boolean(),
});

const idOf = (one: Sketch, i: number): string => (one.dashed ? `stage-${i}` : `stage_${i}`);
const earlier = (sketches: readonly Sketch[], i: number, wanted: number): number | null =>
  i === 0 ? null : wanted % i;

type Rows = { readonly [field: string]: number };

function build(sketches: readonly Sketch[]) {
  return definePipeline(
    { name: 'generated', inputs: { n: z.number() } },
    ({ stage, inputs, finally: last }) => {
      const made: Stage<Rows>[] = [];
      for (const [i, one] of sketches.entries()) {
        const read = earlier(sketches, i, one.reads);
        const value: Expr<number> =
          read === null ? inputs.n : cel.at(made[read]?.output as Expr<Rows>, one.field);
        const after = one.after === null ? null : earlier(sketches, i, one.after);
        const stageOptions = {
          ...(one.timeout === null || one.kind === 'sleep' ? {} : { timeout: one.timeout }),
          ...(one.attempts === null ? {} : { retry: { max_attempts: one.attempts } }),
          ...(one.conditional ? { condition: cel.gt(value, one.threshold) } : {}),
          ...(after === null ? {} : { depends_on: [made[after] as Stage] }),
        };
        made.push(addStage(stage, one, { id: idOf(one, i), value, stageOptions }));
        if (one.hook) last.set(`hook_${i}`, { output: value });
      }
      return { all: made.map(({ output }) => output) };
    },
  );
}

type Given = { readonly id: string; readonly value: Expr<number>; readonly stageOptions: object };

function addStage(stage: StageList, one: Sketch, { id, value, stageOptions }: Given): Stage<Rows> {
  switch (one.kind) {
    case 'set':
      return stage.set(id, { output: { v: value } }, stageOptions) as unknown as Stage<Rows>;
    case 'run':
      return stage.run<Rows>(id, ['echo', cel.text`v ${value}`], stageOptions);
    case 'uses':
      return stage.uses<Rows>(id, 'work', { with: { v: value, t: one.threshold }, ...stageOptions });
    case 'http':
      return stage.http(id, { url: cel.text`https://a.b/${value}` }, stageOptions) as unknown as Stage<Rows>;
    case 'gate':
      return stage.gate(
        id,
        { checks: [{ name: 'c', assert: cel.le(value, one.threshold) }] },
        stageOptions,
      ) as unknown as Stage<Rows>;
    case 'sleep':
      return stage.sleep(id, one.attempts ?? 5, stageOptions) as unknown as Stage<Rows>;
    case 'map': {
      const each = stage.each({ range: 3 }, { max_concurrency: 2 });
      const mapped = each.uses<number>(id, 'work', {
        with: { v: cel.add(each.item, value) },
        ...stageOptions,
      });
      return mapped as unknown as Stage<Rows>;
    }
  }
}

const PLAIN = new Set(['rows', 'toString', 'then']);

function asYaml(sketches: readonly Sketch[]): string {
  const ids = sketches.map(idOf);
  const of = (i: number): string => (ids[i]?.includes('-') ? `stages["${ids[i]}"]` : `stages.${ids[i]}`);
  const valueOf = (one: Sketch, i: number): string => {
    const read = earlier(sketches, i, one.reads);
    if (read === null) return 'inputs.n';
    return `${of(read)}.output${PLAIN.has(one.field) ? `.${one.field}` : `["${one.field}"]`}`;
  };
  const stages = sketches.map((one, i) => {
    const value = valueOf(one, i);
    const after = one.after === null ? null : earlier(sketches, i, one.after);
    return {
      id: ids[i],
      ...kindOf(one, value),
      ...(one.timeout === null || one.kind === 'sleep' ? {} : { timeout: one.timeout }),
      ...(one.attempts === null ? {} : { retry: { max_attempts: one.attempts } }),
      ...(one.conditional ? { condition: `${value} > ${one.threshold}` } : {}),
      ...(after === null ? {} : { depends_on: [ids[after]] }),
    };
  });
  const hooks = sketches.flatMap((one, i) =>
    one.hook ? [{ id: `hook_${i}`, set: { output: `\${{ ${valueOf(one, i)} }}` } }] : [],
  );
  const outputs = { all: ids.map((_id, i) => `\${{ ${of(i)}.output }}`) };
  const inputs = { n: { type: 'number', required: true } };
  return stringify({
    name: 'generated',
    inputs,
    stages,
    ...(hooks.length > 0 ? { finally: hooks } : {}),
    outputs,
  });
}

function kindOf(one: Sketch, value: string): object {
  switch (one.kind) {
    case 'set':
      return { set: { output: { v: `\${{ ${value} }}` } } };
    case 'run':
      return { run: ['echo', `v \${{ ${value} }}`] };
    case 'uses':
      return { uses: 'work', with: { v: `\${{ ${value} }}`, t: one.threshold } };
    case 'http':
      return { http: { url: `https://a.b/\${{ ${value} }}` } };
    case 'gate':
      return { gate: { checks: [{ name: 'c', assert: `${value} <= ${one.threshold}` }] } };
    case 'sleep':
      return { sleep: one.attempts ?? 5 };
    case 'map':
      return {
        uses: 'work',
        with: { v: `\${{ item + ${value} }}` },
        map: { over: { range: 3 }, max_concurrency: 2 },
      };
  }
}

/** A formula with its value, computed here beside CEL. */
type Formula = { readonly expr: Expr<unknown>; readonly value: unknown };

const number: fc.Arbitrary<Formula> = fc
  .integer({ min: -9, max: 9 })
  .map((n) => ({ expr: cel<number>`${n}`, value: n }));

const { numeric, logical } = fc.letrec<{ numeric: Formula; logical: Formula }>((tie) => {
  const numbers = fc.tuple(tie('numeric'), tie('numeric'));
  const truths = fc.tuple(tie('logical'), tie('logical'));
  type Two<T> = (a: Expr<T>, b: Expr<T>) => Expr<unknown>;
  const two =
    <T>(make: Two<T>, compute: (a: T, b: T) => unknown) =>
    ([a, b]: [Formula, Formula]): Formula => ({
      expr: make(a.expr as Expr<T>, b.expr as Expr<T>),
      value: compute(a.value as T, b.value as T),
    });
  const not = (a: Formula): Formula => ({ expr: cel.not(a.expr as Expr<boolean>), value: a.value !== true });
  const choose = ([c, a, b]: [Formula, Formula, Formula]): Formula => ({
    expr: cel.if(c.expr as Expr<boolean>, a.expr, b.expr),
    value: c.value === true ? a.value : b.value,
  });
  return {
    numeric: fc.oneof(
      { maxDepth: 4 },
      number,
      numbers.map(two<number>(cel.add, (a, b) => a + b)),
      numbers.map(two<number>(cel.sub, (a, b) => a - b)),
      numbers.map(two<number>(cel.mul, (a, b) => a * b)),
      fc.tuple(tie('logical'), tie('numeric'), tie('numeric')).map(choose),
    ),
    logical: fc.oneof(
      { maxDepth: 4 },
      fc.boolean().map((b) => ({ expr: cel<boolean>`${b}`, value: b })),
      numbers.map(two<number>(cel.lt, (a, b) => a < b)),
      numbers.map(two<number>(cel.eq, (a, b) => a === b)),
      truths.map(two<boolean>(cel.and, (a, b) => a && b)),
      truths.map(two<boolean>(cel.or, (a, b) => a || b)),
      truths.map(two<boolean>(cel.ne, (a, b) => a !== b)),
      tie('logical').map(not),
    ),
  };
});

/** -0 is 0. */
const withoutSign = (value: unknown): unknown => (value === 0 ? 0 : value);

const scope = scopeWith();
const valueOf = (expr: Expr<unknown>): unknown => evaluate(celTextOf(expr)?.text ?? '', scope);

describe('the builder and YAML', () => {
  it('make equal plans of any definition', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sketch, { minLength: 1, maxLength: 8 }), async (sketches) => {
        const written = await loadDefinitionText(asYaml(sketches), { ...options, file: 'g.yaml' });
        const built = await loadDefinitionValue(build(sketches), { ...options, file: 'g.ts' });
        expect(written.problems).toEqual([]);
        expect(built.problems).toEqual([]);
        expect(built.plan).toEqual(written.plan);
      }),
      { numRuns: 60 },
    );
  });
});

describe('an expression of the builder', () => {
  it('means what its calls say, however they are nested', () => {
    fc.assert(
      fc.property(fc.oneof(numeric, logical), ({ expr, value }) => {
        expect(withoutSign(valueOf(expr))).toBe(withoutSign(value));
      }),
      { numRuns: 300 },
    );
  });

  it('holds any text as it is, also inside `${{ }}` and beside other text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, other) => {
        // A text is a template, in which `$` before `{{` has a meaning of its own.
        fc.pre(!text.includes('${{') && !other.includes('${{'));
        expect(valueOf(cel`${text} + ${other}`)).toBe(text + other);
        // The library of CEL leaves these keys out of maps.
        if (['__proto__', 'constructor', 'prototype'].includes(text)) return;
        expect(valueOf(cel.at(cel<Record<string, string>>`${{ [text]: other }}`, cel<string>`${text}`))).toBe(
          other,
        );
      }),
      { numRuns: 500 },
    );
  });
});
