import { readFile } from 'node:fs/promises';
import { defineStage, z } from 'sluice';
import { answerCheck } from '../lib/answers.js';
import { DataError } from '../lib/data-error.js';
import { artifact, modelKind, readModel, sha256Of } from '../lib/model-file.js';
import { answeredLabel, expectedLabel, openModel } from '../lib/open-model.js';
import { fromProject, shown } from '../lib/paths.js';
import { measureQuality } from '../lib/quality.js';
import { readRecords } from '../lib/records.js';
import { measured } from '../lib/resources.js';
import { isSpam } from '../lib/taxonomy.js';

const share = z.number().min(0).max(1);

/** Lets a model answer every row that it has not learned from, and counts. Writes nothing, so it may run twice. */
export const evaluateModel = defineStage({
  name: 'evaluate-model',
  description: 'Measures a model on rows that it has never seen',
  params: z
    .strictObject({
      artifact: artifact.optional(),
      /** A model in a file instead of the store. */
      file: z.string().optional(),
      sha256: z.string().nullable().default(null),
      test_file: z.string(),
      price_per_hour: z.number().min(0).default(0),
    })
    .refine((params) => params.artifact !== undefined || params.file !== undefined, {
      error: 'give the artifact of a model, or the file that it is in',
    }),
  output: z.object({
    kind: modelKind,
    sha256: z.string(),
    rows: z.int(),
    accuracy: share,
    precision: share,
    recall: share,
    f1: share,
    schema_validity: share,
    spam: z.object({ precision: share, recall: share, f1: share }),
    by_label: z.record(z.string(), z.object({ rows: z.int(), precision: share, recall: share, f1: share })),
  }),
  run: ({ params, ctx }) =>
    measured(ctx, params.price_per_hour, async () => {
      const bytes =
        params.artifact === undefined
          ? await readFileOf(params.file ?? '')
          : await ctx.artifacts.read(params.artifact);
      const file = readModel(bytes, params.artifact?.sha256 ?? params.sha256 ?? undefined);
      const model = openModel(file);
      const rows = await readRecords(fromProject(params.test_file));
      const isValid = answerCheck(model.kind);
      const answers = rows.map((row) => model.answer(row));
      const labels = answers.map(answeredLabel);
      const { by_label, ...quality } = measureQuality(
        rows.map(({ code }) => expectedLabel(model.kind, code)),
        labels,
      );
      const spam = measureQuality(
        rows.map(({ code }) => (isSpam(code) ? 'spam' : 'ham')),
        labels.map((label) => (label === 'ordinary' || label === 'harmless' ? 'ham' : 'spam')),
      ).by_label['spam'];
      ctx.log.info(`${model.kind}: accuracy ${quality.accuracy.toFixed(4)}, F1 ${quality.f1.toFixed(4)}`);
      ctx.metrics.add('rows_evaluated', rows.length);
      return {
        kind: model.kind,
        sha256: params.artifact?.sha256 ?? sha256Of(bytes),
        rows: rows.length,
        ...quality,
        schema_validity: answers.filter(isValid).length / Math.max(rows.length, 1),
        spam: { precision: spam?.precision ?? 0, recall: spam?.recall ?? 0, f1: spam?.f1 ?? 0 },
        by_label,
      };
    }),
});

async function readFileOf(path: string): Promise<Uint8Array> {
  return readFile(fromProject(path)).catch((error: unknown) => {
    throw new DataError(`There is no model "${shown(path)}".`, { cause: error });
  });
}
