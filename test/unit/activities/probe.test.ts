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
  [false, { ready: false, value: false }],
  [null, { ready: false, value: null }],
  [
    { ready: true, rows: 3 },
    { ready: true, rows: 3 },
  ],
  [{ ready: false }, { ready: false }],
])('a stage function that answers %j gives %j', async (output, expected) => {
  expect(await probe(activityRig({ stages: [answering(output)] }), ask)).toEqual({ output: expected });
});

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
  expect(await probe(rig, target)).toEqual({ output: { ready: false, file: join(folder, 'in/done.txt') } });
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
  expect(await probe(rig, { type: 'pipeline', pipeline: 'x', max_age_ms: null })).toEqual({
    output: { ready: false },
  });
  expect(asked).toEqual([
    { pipeline: 'etl', maxAgeMs: 5 },
    { pipeline: 'x', maxAgeMs: null },
  ]);
});
