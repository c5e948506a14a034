import { describe, expect, expectTypeOf, test } from 'vitest';
import { defineStage, StageFailure, z } from '../../../src/index.js';
import { artifactRef, runStage, StageRunError } from '../../../src/testing/index.js';

const importRows = defineStage({
  name: 'import-rows',
  params: z.object({ rows: z.array(z.string()), limit: z.int().default(10) }),
  output: z.object({ rows: z.int(), since: z.string().nullable() }),
  run: async ({ params, ctx }) => {
    const done = Number(ctx.lastCheckpoint ?? 0);
    ctx.log.info('importing', { rows: params.rows.length, key: ctx.secrets.get('API_KEY') });
    for (const [i] of params.rows.entries()) {
      ctx.signal.throwIfAborted();
      if (i < done) continue;
      if (i >= params.limit) {
        throw new StageFailure('too many rows', { type: 'TooMany', retryable: false });
      }
      ctx.checkpoint(i + 1);
      ctx.progress((i + 1) / params.rows.length, `row ${i + 1}`);
    }
    ctx.metrics.add('rows', params.rows.length);
    ctx.metrics.add('rows', 1);
    ctx.state.set('last', params.rows.at(-1) ?? null);
    await ctx.artifacts.write('rows.txt', params.rows.join('\n'));
    const since = ctx.state.get('since');
    return { rows: params.rows.length - done, since: typeof since === 'string' ? since : null };
  },
});

const secrets = { API_KEY: 'very-secret' };

describe('runStage', () => {
  test('gives the output and everything that the stage reported', async () => {
    const run = await runStage(importRows, { rows: ['a', 'b'] }, { secrets, state: { since: 'monday' } });
    expectTypeOf(run.output).toEqualTypeOf<{ rows: number; since: string | null }>();
    expect(run.output).toEqual({ rows: 2, since: 'monday' });
    expect(run.state).toEqual({ last: 'b' });
    expect(run.metrics).toEqual({ rows: 3 });
    expect(run.checkpoints).toEqual([1, 2]);
    expect(run.progress).toEqual([
      { fraction: 0.5, message: 'row 1' },
      { fraction: 1, message: 'row 2' },
    ]);
    expect(run.artifacts.map(({ name, data }) => [name, data.toString()])).toEqual([['rows.txt', 'a\nb']]);
  });

  test('blacks secrets out of the log, as a worker does', async () => {
    const { logs } = await runStage(importRows, { rows: [] }, { secrets });
    expect(logs).toEqual([{ level: 'info', message: 'importing', fields: { rows: 0, key: '***' } }]);
  });

  test('goes on from the checkpoint of an earlier attempt', async () => {
    const { output, checkpoints } = await runStage(
      importRows,
      { rows: ['a', 'b', 'c'] },
      { secrets, attempt: 2, lastCheckpoint: 2 },
    );
    expect(output.rows).toBe(1);
    expect(checkpoints).toEqual([3]);
  });

  test('throws what the run would see of a failure, with what was reported until then', async () => {
    const failing = runStage(importRows, { rows: ['a', 'b'], limit: 1 }, { secrets });
    await expect(failing).rejects.toThrow(StageRunError);
    await expect(failing).rejects.toMatchObject({
      type: 'TooMany',
      message: 'too many rows',
      retryable: false,
      report: { checkpoints: [1], logs: [{ message: 'importing' }] },
    });
  });

  test.each<[string, () => Promise<unknown>, object]>([
    [
      'params that do not fit',
      () => runStage(importRows, JSON.parse('{ "rows": 3 }') as { rows: string[] }),
      { type: 'ValidationError', retryable: false, message: expect.stringContaining('at rows') },
    ],
    [
      'a secret that is not given',
      () => runStage(importRows, { rows: [] }),
      { type: 'SecretMissing', message: expect.stringContaining('API_KEY') },
    ],
    [
      'an output that is no JSON',
      () => runStage(defineStage({ name: 'date', run: () => new Date() }), {}),
      { type: 'ValidationError', message: expect.stringContaining('not JSON') },
    ],
    [
      'an error that asks for a wait',
      () =>
        runStage(
          defineStage({
            name: 'busy',
            run: () => {
              throw new StageFailure('busy', { retryAfterMs: 30_000 });
            },
          }),
          {},
        ),
      { type: 'StageFailure', retryable: true, retryAfterMs: 30_000 },
    ],
  ])('fails for %s', async (_case, run, error) => {
    await expect(run()).rejects.toMatchObject(error);
  });

  test('cancels by a signal, and times out', async () => {
    const patient = defineStage({
      name: 'patient',
      run: ({ ctx }) =>
        new Promise<never>((_resolve, reject) => {
          if (ctx.signal.aborted) reject(ctx.signal.reason);
          ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason));
        }),
    });
    const controller = new AbortController();
    const cancelled = runStage(patient, {}, { signal: controller.signal });
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ type: 'Cancelled', retryable: false });
    await expect(runStage(patient, {}, { timeoutMs: 5 })).rejects.toMatchObject({ type: 'TimeoutError' });
  });

  test('gives artifacts of earlier stages, the facts of the run and the position of the item', async () => {
    const read = defineStage({
      name: 'read',
      params: z.object({ file: z.object({ name: z.string(), sha256: z.string() }) }),
      output: z.object({ text: z.string(), mode: z.string().nullable(), item: z.int().optional() }),
      run: async ({ params, ctx }) => {
        const text = Buffer.from(await ctx.artifacts.read(params.file)).toString();
        return { text, mode: ctx.run.mode, item: ctx.item };
      },
    });
    const options = { artifacts: { 'model.json': '{"a":1}' }, run: { mode: 'daily' }, item: 7 };
    const { output } = await runStage(read, { file: artifactRef('model.json', '{"a":1}') }, options);
    expect(output).toEqual({ text: '{"a":1}', mode: 'daily', item: 7 });
  });
});
