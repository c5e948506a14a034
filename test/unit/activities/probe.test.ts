import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defineStage, z } from '../../../src/index.js';
import type { Json } from '../../../src/shared/json.js';
import { activityRig, aTask } from './attempt-rig.js';

const answering = (output: Json) =>
  defineStage({ name: 'ask', params: z.object({ day: z.string() }), run: () => output });

const probe = (rig: ReturnType<typeof activityRig>, params: Json) =>
  rig.run('sluice.probe', aTask({ params }));
const ask = { type: 'uses', uses: 'ask', with: { day: 'today' } };

test.each<[Json, Json]>([
  [true, { ready: true, value: true }],
  ['2024', { ready: true, value: '2024' }],
  [
    { ready: true, rows: 3 },
    { ready: true, rows: 3 },
  ],
])('a stage function that answers %j gives %j', async (output, expected) => {
  expect(await probe(activityRig({ stages: [answering(output)] }), ask)).toEqual({ output: expected });
});

test.each<[Json]>([[false], [null], [0], [{ ready: false }], [{ ready: 'no' }]])(
  'a stage function that answers %j is asked again, whatever errors are retried',
  async (output) => {
    const task = aTask({ params: ask, retryable_errors: ['Other'] });
    await expect(
      activityRig({ stages: [answering(output)] }).run('sluice.probe', task),
    ).rejects.toMatchObject({
      type: 'NotReady',
      nonRetryable: false,
      message: 'What "ask" looks for is not true yet.',
    });
  },
);

test('a stage function that this worker does not have fails for good', async () => {
  await expect(
    probe(activityRig({ stages: [answering(1)] }), { ...ask, uses: 'asks' }),
  ).rejects.toMatchObject({
    type: 'ValidationError',
    nonRetryable: true,
    message: 'This worker has no stage function "asks". It has: ask.',
  });
});

test('a file is ready once it exists', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-probe-'));
  const rig = activityRig({ deps: { projectDir: folder } });
  const target = { type: 'file', file: 'in/done.txt' };
  await expect(probe(rig, target)).rejects.toMatchObject({ type: 'NotReady' });
  await writeFile(join(folder, 'there.txt'), 'abc');
  expect(await probe(rig, { ...target, file: 'there.txt' })).toMatchObject({
    output: { ready: true, size_bytes: 3 },
  });
  await rm(folder, { recursive: true });
});

test('a pipeline is ready when a run of it is young enough', async () => {
  const run = { workflow_id: 'etl/1', run_id: 'r', ended_at: '2024-01-01T00:00:00.000Z' };
  const asked: unknown[] = [];
  const rig = activityRig({
    deps: {
      findRuns: async (query) => {
        asked.push(query);
        return query.pipeline === 'etl' ? run : null;
      },
    },
  });
  expect(await probe(rig, { type: 'pipeline', pipeline: 'etl', max_age_ms: 5 })).toEqual({
    output: { ready: true, ...run },
  });
  await expect(probe(rig, { type: 'pipeline', pipeline: 'x', max_age_ms: null })).rejects.toMatchObject({
    type: 'NotReady',
    message: 'That a recent run of pipeline "x" succeeded is not true yet.',
  });
  expect(asked).toEqual([
    { pipeline: 'etl', maxAgeMs: 5 },
    { pipeline: 'x', maxAgeMs: null },
  ]);
});
