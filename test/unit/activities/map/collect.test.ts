import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineStage, z } from '../../../../src/index.js';
import type { Json } from '../../../../src/shared/json.js';
import type { CollectedFile, CollectedPart } from '../../../../src/shared/map-task.js';
import { objectKey } from '../../../../src/storage/objects.js';
import { activityRig, aTask } from '../attempt-rig.js';

const reader = defineStage({
  name: 'reader',
  params: z.object({ file: z.object({ name: z.string(), sha256: z.string() }) }),
  run: async ({ params, ctx }) => {
    const values: Json[] = [];
    for await (const value of ctx.artifacts.lines(params.file)) values.push(value);
    return { values, bytes: (await ctx.artifacts.read(params.file)).byteLength };
  },
});

async function collect(rig: ReturnType<typeof activityRig>, parts: readonly (readonly Json[])[]) {
  const stored: CollectedPart[] = [];
  for (const results of parts) {
    const { output } = await rig.run('sluice.map_collect_part', aTask({ params: { results } }));
    stored.push(output as unknown as CollectedPart);
  }
  const result = await rig.run(
    'sluice.map_collect_file',
    aTask({ params: { name: 'sizes.jsonl', parts: stored } as unknown as Json }),
  );
  return { ...result, output: result.output as unknown as CollectedFile };
}

test('parts become one file in their order, which counts among the artifacts of the run', async () => {
  const rig = activityRig();
  const { output, artifacts } = await collect(rig, [[{ n: 1 }, null], [], ['three']]);
  expect(output.count).toBe(3);
  expect(output.file).toMatchObject({ name: 'sizes.jsonl', size_bytes: 21 });
  expect(artifacts).toEqual([output.file]);
  expect(rig.store.blobs.get(objectKey(output.file.sha256))?.toString()).toBe('{"n":1}\nnull\n"three"\n');
});

test('an empty fan-out gives an empty file', async () => {
  const { output } = await collect(activityRig(), []);
  expect(output).toMatchObject({ count: 0, file: { size_bytes: 0 } });
});

test('the same results collected again are the same file', async () => {
  const rig = activityRig();
  const once = await collect(rig, [[1], [2, 3]]);
  const again = await collect(rig, [[1, 2], [3]]);
  expect(again.output).toEqual(once.output);
});

test('a later stage reads what was collected, whatever the values are', async () => {
  const rig = activityRig({ stages: [reader] });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.jsonValue({ stringUnit: 'binary' }))), async (parts) => {
      const plain = JSON.parse(JSON.stringify(parts)) as Json[][];
      const { output } = await collect(rig, plain);
      const read = await rig.run('reader', aTask({ params: { file: output.file } }));
      expect(read.output).toEqual({ values: plain.flat(), bytes: output.file.size_bytes });
    }),
    { numRuns: 20 },
  );
});

test('line separators of Unicode and long lines do not break a value apart', async () => {
  const rig = activityRig({ stages: [reader] });
  const values = ['a\u2028b\u2029c\r\nd\u0085é😀', 'x'.repeat(3_000_000)];
  const { output } = await collect(rig, [values]);
  const read = await rig.run('reader', aTask({ params: { file: output.file } }));
  expect(read.output).toMatchObject({ values });
});

test('a part that is gone is named, and no file appears', async () => {
  const rig = activityRig();
  const params = {
    name: 'sizes.jsonl',
    parts: [{ sha256: 'a'.repeat(64), size_bytes: 1, count: 1 }],
  };
  await expect(rig.run('sluice.map_collect_file', aTask({ params }))).rejects.toMatchObject({
    message: expect.stringContaining(`holds no object "${objectKey('a'.repeat(64))}"`),
  });
  expect(rig.store.blobs.size).toBe(0);
});

test.each<[string, unknown, string]>([
  ['no reference', 'sizes.jsonl', 'An artifact is read by its reference, { name, sha256, size_bytes }'],
  ['a hash that is none', { sha256: '../x' }, 'is not a SHA-256 of an object'],
])('%s is no artifact to read', async (_what, ref, message) => {
  const read = defineStage({
    name: 'read',
    run: async ({ ctx }) => String(await ctx.artifacts.read(ref as never)),
  });
  await expect(activityRig({ stages: [read] }).run('read')).rejects.toMatchObject({
    message: expect.stringContaining(message),
  });
});

test('a line that is not JSON is told by its number', async () => {
  const rig = activityRig({
    stages: [
      defineStage({
        name: 'write',
        run: ({ ctx }) => ctx.artifacts.write('notes.txt', '1\nhello'),
      }),
      reader,
    ],
  });
  // What a stage gives as the reference to a file that it wrote is all that the next one needs.
  const { artifacts = [], output } = await rig.run('write');
  expect(output).toEqual(artifacts[0]);
  await expect(rig.run('reader', aTask({ params: { file: output } }))).rejects.toMatchObject({
    message: 'Line 2 of the artifact "notes.txt" is not JSON: hello',
  });
});
