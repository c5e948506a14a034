import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineStage } from '../../../src/activities/define-stage.js';
import { StageFailure } from '../../../src/activities/stage-failure.js';
import type { StageFunction } from '../../../src/activities/stage-function.js';
import { activityRig, aTask } from './attempt-rig.js';

/** A stage without schemas around any body. */
function stage(run: StageFunction['run']): StageFunction {
  return defineStage({ name: 'it', params: z.unknown(), run });
}

const failing = (error: unknown): StageFunction =>
  stage(() => {
    throw error;
  });

describe('params', () => {
  const load = defineStage({
    name: 'load',
    params: z.object({ rows: z.number(), names: z.array(z.string()).default([]) }),
    output: z.object({ rows: z.number() }),
    run: ({ params }) => ({ rows: params.rows + params.names.length }),
  });

  test('are given to the function as its schema parsed them', async () => {
    const result = await activityRig({ stages: [load] }).run('load', aTask({ params: { rows: 2 } }));
    expect(result).toEqual({ output: { rows: 2 } });
  });

  test('that do not fit fail for good and list every path', async () => {
    const run = activityRig({ stages: [load] }).run(
      'load',
      aTask({ params: { rows: 'x', names: ['a', 1] } }),
    );
    await expect(run).rejects.toMatchObject({
      type: 'ValidationError',
      nonRetryable: true,
      message:
        'The params of "load" do not fit: at rows: Invalid input: expected number, received string; ' +
        'at names[1]: Invalid input: expected string, received number.',
    });
  });
});

describe('the output', () => {
  test('that does not fit its schema fails for good', async () => {
    const bad = defineStage({
      name: 'it',
      output: z.object({ rows: z.number() }),
      // A function written in JavaScript can return anything.
      run: () => JSON.parse('{"rows":"many"}'),
    });
    await expect(activityRig({ stages: [bad] }).run('it')).rejects.toMatchObject({
      type: 'ValidationError',
      nonRetryable: true,
      message: 'The output of "it" does not fit: at rows: Invalid input: expected number, received string.',
    });
  });

  test('is null when the function returns nothing', async () => {
    const rig = activityRig({ stages: [stage(() => undefined)] });
    await expect(rig.run('it')).resolves.toEqual({ output: null });
    const nullable = defineStage({ name: 'it', output: z.null(), run: () => JSON.parse('null') });
    await expect(activityRig({ stages: [nullable] }).run('it')).resolves.toEqual({ output: null });
  });

  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  test.each([
    ['BigInt', { list: [1, { n: 5n }] }, 'list[1].n is a BigInt (5n); convert it to a number or a string'],
    ['NaN', { ratio: Number.NaN }, 'ratio is the number NaN'],
    ['a date', { at: new Date(0) }, 'at is a Date; convert it with .toISOString()'],
    ['a map', { m: new Map() }, 'm is an instance of Map'],
    ['bytes', new Uint8Array(2), 'the value itself is an instance of Uint8Array'],
    ['a cycle', cyclic, 'self is a reference back to an object that holds it'],
  ])('with %s is refused with the place of it', async (_name, output, problem) => {
    await expect(activityRig({ stages: [stage(() => output)] }).run('it')).rejects.toMatchObject({
      type: 'ValidationError',
      nonRetryable: true,
      message: `The output of stage "stage" is not JSON: ${problem}, which JSON cannot hold.`,
    });
  });
});

describe('errors', () => {
  class RateLimited extends Error {}

  test.each([
    ['an error class', new RateLimited('slow down'), 'RateLimited', 'slow down'],
    ['a plain error', new Error('no'), 'Error', 'no'],
    ['an error with a type', Object.assign(new Error('no'), { type: 'quota' }), 'quota', 'no'],
    [
      'an error with a cause',
      new Error('fetch failed', { cause: new Error('refused') }),
      'Error',
      'fetch failed: refused',
    ],
    ['a string', 'oops', 'Error', 'The stage threw "oops" instead of an error.'],
    ['nothing', undefined, 'Error', 'The stage threw undefined instead of an error.'],
    ['a StageFailure', new StageFailure('no', { type: 'Mine' }), 'Mine', 'no'],
  ])('become failures that name %s', async (_name, error, type, message) => {
    await expect(activityRig({ stages: [failing(error)] }).run('it')).rejects.toMatchObject({
      type,
      message,
      nonRetryable: false,
    });
  });

  test('say which attempt it was, as results of later attempts do', async () => {
    const rig = activityRig({ stages: [failing(new Error('no'))], info: { attempt: 3 } });
    await expect(rig.run('it')).rejects.toMatchObject({ details: [{ attempt: 3 }] });
    const fine = activityRig({ stages: [stage(() => 1)], info: { attempt: 2 } });
    expect(await fine.run('it')).toEqual({ output: 1, attempt: 2 });
  });

  test('that are not listed as retryable end the stage', async () => {
    const rig = activityRig({ stages: [failing(new RateLimited('no'))] });
    const task = aTask({ retryable_errors: ['Other'] });
    await expect(rig.run('it', task)).rejects.toMatchObject({ nonRetryable: true });
    const listed = activityRig({ stages: [failing(new RateLimited('no'))] });
    const retried = aTask({ retryable_errors: ['RateLimited'] });
    await expect(listed.run('it', retried)).rejects.toMatchObject({ nonRetryable: false });
  });

  test('may say when to try again, or that there is no use in it', async () => {
    const later = activityRig({ stages: [failing(new StageFailure('no', { retryAfterMs: 1500 }))] });
    await expect(later.run('it')).rejects.toMatchObject({ nextRetryDelay: 1500, type: 'StageFailure' });
    const final = activityRig({ stages: [failing(new StageFailure('no', { retryable: false }))] });
    await expect(final.run('it')).rejects.toMatchObject({ nonRetryable: true });
  });
});

describe('secrets', () => {
  const env = { TOKEN: 'tok-12345', SHORT: 'abc' };
  const secrets = ['TOKEN', 'SHORT'];

  test('are filled into their slots, and hidden wherever the stage shows them', async () => {
    let seen: unknown;
    const rig = activityRig({
      deps: { env },
      stages: [
        stage(({ params, ctx }) => {
          seen = params;
          ctx.log.info('using tok-12345', { header: 'Bearer tok-12345' });
          ctx.state.set('k', 'tok-12345');
          return { echoed: ['x tok-12345 y'], short: 'abc' };
        }),
      ],
    });
    const params = { headers: { 'a/b': '***' }, list: ['***'] };
    const result = await rig.run(
      'it',
      aTask({
        params,
        secrets,
        secret_slots: [
          { at: '/headers/a~1b', parts: ['Bearer ', { secret: 'TOKEN' }] },
          { at: '/list/0', parts: [{ secret: 'SHORT' }] },
        ],
      }),
    );
    expect(seen).toEqual({ headers: { 'a/b': 'Bearer tok-12345' }, list: ['abc'] });
    expect(params.headers['a/b']).toBe('***');
    expect(result).toEqual({ output: { echoed: ['x *** y'], short: 'abc' }, state: { k: '***' } });
    expect(await rig.logs()).toMatchObject([{ message: 'using ***', fields: { header: 'Bearer ***' } }]);
  });

  test('are hidden in errors and their stacks', async () => {
    const rig = activityRig({ deps: { env }, stages: [failing(new Error('bad token tok-12345'))] });
    const error: unknown = await rig.run('it', aTask({ secrets })).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: 'bad token ***' });
    expect(JSON.stringify([String(error), error instanceof Error ? error.stack : ''])).not.toContain(
      'tok-12345',
    );
  });

  test('that are not set or not named fail for good with their name', async () => {
    const reading = stage(({ ctx }) => ctx.secrets.get('OTHER'));
    const unnamed = activityRig({ stages: [reading], deps: { env } }).run('it', aTask({ secrets }));
    await expect(unnamed).rejects.toMatchObject({
      type: 'SecretMissing',
      nonRetryable: true,
      message: 'The secret "OTHER" is not listed under `secrets` of the definition. It names: TOKEN, SHORT.',
    });
    const unset = activityRig({ stages: [reading] }).run('it', aTask({ secrets: ['OTHER'] }));
    await expect(unset).rejects.toMatchObject({
      type: 'SecretMissing',
      nonRetryable: true,
      message: expect.stringContaining('Set the environment variable OTHER where the worker runs'),
    });
  });
});

describe('the context', () => {
  test('collects state, metrics and artifacts', async () => {
    const rig = activityRig({
      stages: [
        stage(async ({ ctx }) => {
          ctx.metrics.add('rows', 2);
          ctx.metrics.add('rows', 3);
          ctx.state.set('seen', [ctx.state.get('before') ?? null]);
          await ctx.artifacts.write('out/a.txt', 'hello');
          return ctx.idempotencyKey;
        }),
      ],
    });
    expect(await rig.run('it', aTask({ state: { before: 1 } }))).toEqual({
      output: 'demo/1/run-1/stage',
      state: { seen: [1] },
      metrics: { rows: 5 },
      artifacts: [
        {
          name: 'out/a.txt',
          sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
          size_bytes: 5,
        },
      ],
    });
  });

  test('writes nothing to the store for a stage that logs nothing', async () => {
    const rig = activityRig({ stages: [stage(() => 1)] });
    await rig.run('it');
    expect(rig.store.blobs.size).toBe(0);
  });

  test('keeps what was logged when the stage fails', async () => {
    const rig = activityRig({
      stages: [
        stage(({ ctx }) => {
          ctx.log.warn('half way', { row: 7, when: new Date(0), big: 5n });
          throw new Error('no');
        }),
      ],
    });
    await expect(rig.run('it')).rejects.toThrow('no');
    expect(await rig.logs()).toMatchObject([
      {
        stage: 'stage',
        attempt: 1,
        level: 'warn',
        message: 'half way',
        fields: { row: 7, when: '1970-01-01T00:00:00.000Z', big: '5' },
      },
    ]);
  });
});
