import { defineStage, z } from 'sluice';
import { trainClassifier } from '../lib/classifier.js';
import { featuresOf } from '../lib/features.js';
import { artifact, modelKind, rehearsal, writeModel } from '../lib/model-file.js';
import { expectedLabel } from '../lib/open-model.js';
import { fromProject, shown } from '../lib/paths.js';
import { readRecords } from '../lib/records.js';
import { measured } from '../lib/resources.js';
import { shuffled } from '../lib/shuffled.js';

/** What a model is trained with. The last three are for trainers of language models; the small one has no use for them. */
const trainingParameters = z.strictObject({
  learning_rate: z.number().positive(),
  epochs: z.int().min(1),
  batch_size: z.int().min(1),
  lora_r: z.int().min(1),
  lora_alpha: z.number().positive(),
});

/**
 * Trains the small model of one kind. Its params and its output are what every trainer of this example takes and gives, also
 * one in another language. The same data, parameters and seed give the same model, byte for byte, so it may run twice.
 */
export const trainModel = defineStage({
  name: 'train-model',
  description: 'Trains the mapper or the analyst on prepared rows',
  params: z.strictObject({
    kind: modelKind,
    train_file: z.string(),
    parameters: trainingParameters,
    seed: z.int(),
    price_per_hour: z.number().min(0).default(0),
    rehearsal: rehearsal.prefault({}),
  }),
  output: z.object({
    kind: modelKind,
    artifact,
    parameters: z.record(z.string(), z.number()),
    rows: z.int(),
    epochs: z.int(),
    loss: z.number(),
  }),
  run: ({ params, ctx }) =>
    measured(ctx, params.price_per_hour, async () => {
      const { kind, parameters, seed } = params;
      const rows = shuffled(await readRecords(fromProject(params.train_file)), seed);
      const labels = rows.map(({ code }) => expectedLabel(kind, code));
      const taught = params.rehearsal.wrong_labels ? moved(labels) : labels;
      ctx.log.info(`${kind}: ${rows.length} rows of ${shown(params.train_file)}`, parameters);
      const examples = rows.map((row, index) => ({ features: featuresOf(row), label: taught[index] ?? '' }));
      const settings = { learningRate: parameters.learning_rate, epochs: parameters.epochs };
      const trained = trainClassifier(examples, settings, (epoch, loss) => {
        ctx.signal.throwIfAborted();
        ctx.log.debug(`epoch ${epoch}`, { loss });
        ctx.progress(epoch / settings.epochs, `epoch ${epoch}, loss ${loss.toFixed(5)}`);
      });
      const { learning_rate, epochs } = parameters;
      const file = writeModel({
        format: 'llama-mapper/1',
        kind,
        network: trained.network,
        trained: { rows: rows.length, seed, learning_rate, epochs },
        ...(params.rehearsal.delay_ms + params.rehearsal.failure_share > 0 && {
          rehearsal: params.rehearsal,
        }),
      });
      const written = await ctx.artifacts.write(`${kind}.json`, file);
      ctx.log.info(`${kind}: loss ${trained.loss.toFixed(5)} after ${trained.epochs} epochs`);
      return {
        kind,
        artifact: written,
        parameters,
        rows: rows.length,
        epochs: trained.epochs,
        loss: trained.loss,
      };
    }),
});

/** Every label changed into the next one. */
function moved(labels: readonly string[]): readonly string[] {
  const names = [...new Set(labels)].toSorted();
  return labels.map((label) => names[(names.indexOf(label) + 1) % names.length] ?? label);
}
