import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { defineStage, z } from 'sluice';
import { loadDataset } from '../lib/dataset.js';
import { fromProject, shown, writeText } from '../lib/paths.js';
import type { DataRecord } from '../lib/records.js';
import { CODES } from '../lib/taxonomy.js';

/** Makes the training data: what the detectors say of each message, with its code, in two files that share no message. */
export const prepareData = defineStage({
  name: 'prepare-data',
  description:
    'Runs the detectors over labelled messages, and splits what they say into rows to learn and rows to test',
  params: z.strictObject({
    training_data_path: z.string(),
    out_dir: z.string(),
    seed: z.int(),
    test_share: z.number().min(0.05).max(0.5).default(0.2),
  }),
  output: z.object({
    fingerprint: z.string(),
    train_file: z.string(),
    test_file: z.string(),
    rows: z.int(),
    train_rows: z.int(),
    test_rows: z.int(),
    malformed: z.int(),
    duplicates: z.int(),
    conflicting: z.int(),
    found_share: z.number(),
    by_code: z.record(z.string(), z.object({ train: z.int(), test: z.int() })),
  }),
  run: async ({ params, ctx }) => {
    const { rows, malformed, duplicates, conflicting, ...split } = await loadDataset(
      params.training_data_path,
      {
        seed: params.seed,
        testShare: params.test_share,
      },
    );
    const left = { malformed, duplicates, conflicting };
    const [train, test] = [linesOf(split.train), linesOf(split.test)];
    const fingerprint = createHash('sha256').update(train).update('\0').update(test).digest('hex');
    // The folder is named after what is in it: a second attempt, or a run on the same data, finds the same files.
    const folder = join(fromProject(params.out_dir), 'data', fingerprint.slice(0, 12));
    const files = { train_file: join(folder, 'train.jsonl'), test_file: join(folder, 'test.jsonl') };
    await writeText(files.train_file, train);
    await writeText(files.test_file, test);
    ctx.log.info(`${rows.length} rows in ${shown(folder)}`, left);
    ctx.metrics.add('rows_prepared', rows.length);
    ctx.progress(1, `${split.train.length} to learn, ${split.test.length} to test`);
    const count = (list: readonly DataRecord[], code: string): number =>
      list.filter((row) => row.code === code).length;
    return {
      fingerprint,
      ...files,
      rows: rows.length,
      train_rows: split.train.length,
      test_rows: split.test.length,
      ...left,
      found_share: rows.filter(({ findings }) => findings.length > 0).length / Math.max(rows.length, 1),
      by_code: Object.fromEntries(
        CODES.map((code) => [code, { train: count(split.train, code), test: count(split.test, code) }]),
      ),
    };
  },
});

function linesOf(rows: readonly DataRecord[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
