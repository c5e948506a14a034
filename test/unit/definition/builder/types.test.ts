import { describe, expect, expectTypeOf, it } from 'vitest';
import { cel, definePipeline, defineStage, type Expr, type Pipeline, z } from '../../../../src/index.js';

const load = defineStage({
  name: 'load',
  params: z.object({
    path: z.string(),
    limit: z.int().default(10),
    kind: z.enum(['csv', 'json']).optional(),
  }),
  output: z.object({
    rows: z.array(z.object({ text: z.string(), label: z.string().nullable() })),
    count: z.int(),
    source: z.object({ name: z.string(), size: z.int().optional() }),
  }),
  run: () => ({ rows: [], count: 0, source: { name: '' } }),
});

const score = defineStage({
  name: 'score',
  params: z.object({ text: z.string(), position: z.int().optional() }),
  output: z.object({ score: z.number() }),
  run: () => ({ score: 1 }),
});

const noParams = defineStage({ name: 'no-params', output: z.int(), run: () => 1 });

const listFiles = defineStage({
  name: 'list-files',
  params: z.object({ path: z.string(), cursor: z.string().nullable() }),
  output: z.object({ items: z.array(z.object({ file: z.string() })), next: z.string().nullable() }),
  run: () => ({ items: [], next: null }),
});

const write = defineStage({
  name: 'write',
  chunk: z.object({ word: z.string() }),
  output: z.int(),
  async *run() {
    yield { word: 'one' };
    return 1;
  },
});

const header = {
  name: 'types',
  inputs: {
    path: z.string(),
    limit: z.int().default(3),
    day: z.iso.date().optional(),
    tags: z.array(z.string()),
  },
  variables: { out: './out', window: 7, nested: { deep: true } },
  secrets: ['API_KEY'],
} as const;

describe('what the compiler knows', () => {
  it('of outputs, fields and elements', () => {
    definePipeline(header, ({ stage, inputs, variables, secrets, run, state, metrics }) => {
      const loaded = stage.uses('load', load, { with: { path: inputs.path } });
      expectTypeOf(loaded.output.count).toExtend<Expr<number>>();
      expectTypeOf(loaded.output.source.name).toExtend<Expr<string>>();
      expectTypeOf(loaded.output.source.size).toExtend<Expr<number | undefined>>();
      expectTypeOf(loaded.output.source.size).not.toExtend<Expr<number>>();
      expectTypeOf(cel.at(loaded.output.rows, 0).label).toExtend<Expr<string | null>>();
      expectTypeOf(inputs.limit).toExtend<Expr<number>>();
      expectTypeOf(inputs.day).toExtend<Expr<string | null>>();
      expectTypeOf(inputs.day).not.toExtend<Expr<string>>();
      expectTypeOf(variables.window).toExtend<Expr<number>>();
      expectTypeOf(variables.nested.deep).toExtend<Expr<boolean>>();
      expectTypeOf(secrets.API_KEY).toExtend<Expr<string>>();
      expectTypeOf(run.started_at).toExtend<Expr<string>>();
      expectTypeOf(state<number>('seen')).toExtend<Expr<number>>();
      expectTypeOf(metrics('rows')).toExtend<Expr<number>>();
      expectTypeOf(loaded.status).toExtend<Expr<string>>();
    });
  });

  it('of maps, by their items', () => {
    definePipeline(header, ({ stage, inputs, pages }) => {
      const loaded = stage.uses('load', load, { with: { path: inputs.path } });
      const rows = stage.each(loaded.output.rows);
      expectTypeOf(rows.item.text).toExtend<Expr<string>>();
      const scored = rows.uses('score', score, { with: { text: rows.item.text, position: rows.index } });
      expectTypeOf(scored.output).toExtend<Expr<{ score: number }[]>>();

      const tolerant = stage.each(['a', 'b'], { on_item_failure: 'continue' });
      expectTypeOf(tolerant.item).toExtend<Expr<string>>();
      const some = tolerant.uses('some', score, { with: { text: tolerant.item } });
      expectTypeOf(some.output).not.toExtend<Expr<readonly { score: number }[]>>();
      expectTypeOf(some.output).toExtend<Expr<readonly ({ score: number } | null)[]>>();

      const numbers = stage.each({ range: 5 }, { collect: 'count' });
      expectTypeOf(numbers.item).toExtend<Expr<number>>();
      expectTypeOf(numbers.set('n', { output: numbers.item }).output.succeeded).toExtend<Expr<number>>();

      const files = stage.each(pages(listFiles, { path: inputs.path }), { collect: 'file' });
      expectTypeOf(files.item.file).toExtend<Expr<string>>();
      expectTypeOf(files.run('r', ['cat', files.item.file]).output.file.sha256).toExtend<Expr<string>>();

      const written = stage.uses('write', write);
      expectTypeOf(written.output).toExtend<Expr<number>>();
      const words = stage.each({ stream: written });
      expectTypeOf(words.item.word).toExtend<Expr<string>>();
      expectTypeOf(words.item.word).not.toExtend<Expr<number>>();
      words.uses('words', score, { with: { text: words.item.word } });

      const batches = stage.batches(loaded.output.rows, { batch_size: 10 });
      expectTypeOf(batches.batch).toExtend<Expr<readonly { text: string; label: string | null }[]>>();
      const sizes = batches.run<number[]>('sizes', ['wc', batches.batch]);
      expectTypeOf(sizes.output).toExtend<Expr<readonly number[]>>();
    });
  });

  it('of what kinds give', () => {
    definePipeline(header, ({ stage, inputs, call }) => {
      expectTypeOf(stage.http<{ a: 1 }>('h', { url: 'https://a.b' }).output.body.a).toExtend<Expr<number>>();
      expectTypeOf(stage.run<{ lines: number }>('r', 'wc').output.lines).toExtend<Expr<number>>();
      expectTypeOf(stage.run('u', 'wc').output).toEqualTypeOf<Expr<unknown>>();
      expectTypeOf(stage.uses<{ v: number }>('x', 'other').output.v).toExtend<Expr<number>>();
      expectTypeOf(stage.uses('y', noParams).output).toExtend<Expr<number>>();
      expectTypeOf(
        stage.set('s', { output: { half: cel.div(inputs.limit, 2), text: 'a', list: [inputs.path] } }).output,
      ).toExtend<Expr<{ half: number; text: string; list: string[] }>>();
      const approved = stage.approval('ok', { message: 'Ship?', fields: { budget: z.int() } });
      expectTypeOf(approved.output.budget).toExtend<Expr<number>>();
      expectTypeOf(approved.output.approvers).toExtend<Expr<readonly string[]>>();
      expectTypeOf(stage.wait_for('f', { file: 'a' }).output.size_bytes).toExtend<Expr<number>>();
      const waited = stage.wait_for('w', { ...call(score, { text: 'a' }), every: '1s' });
      expectTypeOf(waited.output.value.score).toExtend<Expr<number>>();
      expectTypeOf(stage.sleep('z', '1s').output.until).toExtend<Expr<string>>();
      expectTypeOf(cel.orElse(inputs.day, '2026-01-01')).toExtend<Expr<string>>();
      expectTypeOf(cel.if(cel.gt(inputs.limit, 1), 'a', 2)).toExtend<Expr<string | number>>();
    });
  });

  it('of a pipeline: what it takes and gives', () => {
    const child = definePipeline(header, ({ stage, inputs }) => {
      const loaded = stage.uses('load', load, { with: { path: inputs.path } });
      return { rows: loaded.output.rows, count: cel.size(loaded.output.rows), fixed: 'x' };
    });
    expectTypeOf(child).toEqualTypeOf<
      Pipeline<
        { path: string; tags: string[]; limit?: number | undefined; day?: string | undefined },
        {
          readonly rows: { text: string; label: string | null }[];
          readonly count: number;
          readonly fixed: string;
        }
      >
    >();
    definePipeline({ name: 'parent' }, ({ stage }) => {
      const ran = stage.pipeline('child', child, { with: { path: 'a', tags: [] } });
      expectTypeOf(ran.output.count).toExtend<Expr<number>>();
      const each = stage.each(['a']);
      const all = each.pipeline('all', child, { with: { path: each.item, tags: [] } });
      expectTypeOf(cel.at(all.output, 0).fixed).toExtend<Expr<string>>();
      expectTypeOf(stage.pipeline<{ n: number }>('file', 'a.yaml').output.n).toExtend<Expr<number>>();
    });
  });
});

describe('what does not compile', () => {
  // Never called: each line that is marked must be an error, or `npm run typecheck` fails.
  const mistakes = () => [
    definePipeline(header, ({ stage, inputs, secrets, variables, call, pages }) => {
      const loaded = stage.uses('load', load, { with: { path: inputs.path } });

      // @ts-expect-error a field that the output does not have
      stage.uses('a', score, { with: { text: loaded.output.nothing } });
      // @ts-expect-error a value of the wrong type
      stage.uses('b', score, { with: { text: loaded.output.count } });
      // @ts-expect-error a value that may be missing where one is needed
      stage.uses('c', score, { with: { text: inputs.day } });
      // @ts-expect-error a param that does not exist
      stage.uses('d', score, { with: { text: 'a', colour: 'red' } });
      // @ts-expect-error a param that is missing
      stage.uses('e', load, { with: { limit: 3 } });
      // @ts-expect-error no params at all
      stage.uses('f', load);
      // @ts-expect-error a literal that is not allowed
      stage.uses('g', load, { with: { path: 'a', kind: 'xml' } });
      // @ts-expect-error an option that does not exist
      stage.uses('h', score, { with: { text: 'a' }, timout: '1m' });
      // @ts-expect-error an option of another kind
      stage.gate('i', { checks: [] }, { isolation: 'thread' });
      // @ts-expect-error a stage that is not yet defined
      stage.uses('j', score, { with: { text: later.output } });
      const later = stage.run<string>('later', 'date');
      // @ts-expect-error a stage that does not exist
      stage.run('k', 'date', { depends_on: [nowhere] });
      // @ts-expect-error the ID of a stage in place of the stage
      stage.run('l', 'date', { depends_on: 'load' });
      // @ts-expect-error an input that does not exist
      stage.run('m', ['echo', inputs.nothing]);
      // @ts-expect-error a secret that is not named
      stage.run('n', 'date', { env: { KEY: secrets.OTHER } });
      // @ts-expect-error a variable that does not exist
      stage.run('o', ['echo', variables.nothing]);
      // @ts-expect-error a comparison of a number with a text
      cel.gt(loaded.output.count, '3');
      // @ts-expect-error a comparison that can never hold
      cel.eq(loaded.status, 'done');
      // @ts-expect-error a condition that is a number
      stage.run('p', 'date', { condition: loaded.output.count });
      const kpi = { name: 'errors', ...call(noParams, {}), max: 1 };
      const rollout = {
        baseline: 'v1',
        candidate: 'v2',
        target: { http: { url: 'http://router' } },
        steps: [5],
      };
      const shipped = stage.canary('canary', { ...rollout, kpis: [kpi] });
      expectTypeOf(shipped.output.notes).toExtend<Expr<readonly string[]>>();
      // @ts-expect-error a field that the report of a canary does not have
      void shipped.output.note;
      // @ts-expect-error a bound that is neither a number nor an expression
      stage.canary('c1', { ...rollout, kpis: [{ ...kpi, max: true }] });
      // @ts-expect-error a canary without KPIs
      stage.canary('c2', rollout);
      // @ts-expect-error an option that a canary does not have
      stage.canary('c3', { ...rollout, kpis: [kpi] }, { cache: true });
      // @ts-expect-error an operator on what only the run knows
      void (loaded.output.count > 3);
      // @ts-expect-error a map over something that is no list
      stage.each(loaded.output.count);
      const rows = stage.each(loaded.output.rows);
      // @ts-expect-error a field that the items do not have
      rows.uses('q', score, { with: { text: rows.item.title } });
      // @ts-expect-error approvals cannot be mapped
      rows.approval('r', { message: 'ok?' });
      // @ts-expect-error a fallback that gives something else
      stage.uses('s', score, { with: { text: 'a' }, fallback: { value: { score: 'high' } } });
      // @ts-expect-error a function as fallback that gives something else
      stage.uses('t', score, { with: { text: 'a' }, fallback: call(noParams, {}) });
      // @ts-expect-error a function that gives no pages
      pages(score, { text: 'a' });
      // @ts-expect-error undoing with a field that the output does not have
      stage.uses('u', score, { with: { text: 'a' }, undo: (done) => call(score, { text: done.output.id }) });
      return { later: later.output };
    }),
    // @ts-expect-error a key of the head that does not exist
    definePipeline({ name: 'a', inputz: {} }, ({ stage }) => void stage.sleep('a', '1s')),
    definePipeline({ name: 'b' }, ({ stage }) => {
      const child = definePipeline({ name: 'c', inputs: { n: z.int() } }, () => ({ n: 1 }));
      // @ts-expect-error an input of the child that is missing
      stage.pipeline('v', child);
      // @ts-expect-error an input of the child with the wrong type
      stage.pipeline('w', child, { with: { n: 'one' } });
      // @ts-expect-error an output that the child does not have
      void stage.pipeline('x', child, { with: { n: 1 } }).output.m;
    }),
  ];

  it('is checked by `npm run typecheck`', () => {
    expect(mistakes).toBeTypeOf('function');
  });
});
