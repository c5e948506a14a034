import { describe, expect, test } from 'vitest';
import { defineStage } from '../../../src/activities/define-stage.js';
import { fromStageResult, toStageResult } from '../../../src/engine/stage-record.js';
import { followReferences } from '../../../src/client/cleanup/follow-references.js';
import { hashesIn } from '../../../src/client/cleanup/scan-hashes.js';
import {
  LARGE_OUTPUT_BYTES,
  readOutput,
  storeLargeOutput,
  withLargeOutputs,
} from '../../../src/storage/large-outputs.js';
import { objectKey } from '../../../src/storage/objects.js';
import { aRunResult, aStageResult } from '../../support/a-run.js';
import { aStage } from '../../support/a-plan.js';
import { activityRig, aTask } from '../activities/attempt-rig.js';
import { memoryStore } from './memory-store.js';

const LARGE = ['é'.repeat(LARGE_OUTPUT_BYTES), { n: 1 }];
const give = defineStage({ name: 'give', run: () => LARGE });

describe('a large output', () => {
  test('is kept as an object and read from there as it was', async () => {
    const store = memoryStore();
    const ref = await storeLargeOutput(store, LARGE);
    expect(ref?.size_bytes).toBe(Buffer.byteLength(JSON.stringify(LARGE)));
    expect(ref && (await readOutput(store, ref))).toEqual(LARGE);
  });

  test.each([
    ['many numbers', Array.from({ length: 300_000 }, (_, index) => index)],
    ['many fields', Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`f${index}`, 'x']))],
    ['text deep inside', { a: [{ b: 'x'.repeat(LARGE_OUTPUT_BYTES) }] }],
  ])('is told by all that it is made of: %s', async (_what, output) => {
    expect(await storeLargeOutput(memoryStore(), output)).toBeDefined();
  });

  test('that is not one costs the store nothing', async () => {
    const store = memoryStore();
    for (const output of [null, 1, 'x', [], { rows: [1, 2, 3] }, 'x'.repeat(1000)])
      expect(await storeLargeOutput(store, output)).toBeUndefined();
    expect(store.blobs.size).toBe(0);
  });
});

describe('an attempt', () => {
  test('returns a large output and where it is kept', async () => {
    const rig = activityRig({ stages: [give] });
    const { output, output_ref } = await rig.run('give', aTask());
    expect(output).toEqual(LARGE);
    expect(output_ref && rig.store.blobs.has(objectKey(output_ref.sha256))).toBe(true);
  });

  test('for an item of a map keeps nothing: the output is a part of the output of the map', async () => {
    const rig = activityRig({ stages: [give] });
    const result = await rig.run('give', aTask({ item: { index: 0 } }));
    expect(result).toEqual({ output: LARGE });
  });
});

describe('a result', () => {
  const output_ref = { sha256: 'a'.repeat(64), size_bytes: 9 };
  const record = fromStageResult(aStage('big'), 1, aStageResult({ output: 'large', output_ref }));

  test('names a large output, and holds it where a run takes it along', () => {
    expect(toStageResult(record, 'small')).toMatchObject({ output: null, output_ref });
    expect(toStageResult(record, 'all')).toMatchObject({ output: 'large', output_ref });
    expect(toStageResult(record, 'none')).toMatchObject({ output: null, output_ref });
  });

  test('is filled in from the store, in stages, hooks and what was undone', async () => {
    const store = memoryStore();
    const ref = await storeLargeOutput(store, LARGE);
    if (ref === undefined) throw new Error('It is not large.');
    const named = aStageResult({ output: null, output_ref: ref }) as never;
    const small = aStageResult({ output: 1 }) as never;
    const result = aRunResult({}, { stages: { named, small }, hooks: { named }, undone: { named } });
    const whole = await withLargeOutputs(store, result);
    expect(whole.stages['named']?.output).toEqual(LARGE);
    expect(whole.stages['small']?.output).toBe(1);
    expect(whole.hooks['named']?.output).toEqual(LARGE);
    expect(whole.undone?.['named']?.output).toEqual(LARGE);
  });

  test('whose output is gone tells which object is missing', async () => {
    const named = aStageResult({ output: null, output_ref }) as never;
    const result = aRunResult({}, { stages: { named } });
    await expect(withLargeOutputs(memoryStore(), result)).rejects.toMatchObject({
      code: 'missing',
      message: expect.stringContaining(objectKey(output_ref.sha256)),
    });
  });

  test('keeps its large outputs from the clean-up', async () => {
    const store = memoryStore();
    const ref = await storeLargeOutput(store, LARGE);
    const bytes = Buffer.from(JSON.stringify(aStageResult({ output: null, output_ref: ref as never })));
    const { hashes } = await followReferences(store, hashesIn(bytes));
    expect(hashes).toEqual(new Set([ref?.sha256]));
  });
});
