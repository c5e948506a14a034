import { z } from 'zod';
import type { Classifier } from './classifier-file.js';
import type { Example } from './divide-examples.js';

const ofLabel = z.object({
  examples: z.int(),
  precision: z.number().nullable(),
  recall: z.number().nullable(),
  f1: z.number().nullable(),
});

/** How good a classifier is on examples that it did not learn from. Null where there is nothing to divide by. */
export const qualityOutput = z.object({
  examples: z.int(),
  accuracy: z.number(),
  /** What naming the most frequent label every time would reach. */
  baseline_accuracy: z.number(),
  /** The mean over labels, so that rare ones count as much as frequent ones. */
  macro_f1: z.number(),
  labels: z.record(z.string(), ofLabel),
  /** By true label, how often each label was given. */
  confusion: z.record(z.string(), z.record(z.string(), z.int())),
});

/** Asks a classifier about examples whose labels are known. */
export async function measureQuality(
  examples: readonly Example[],
  classifier: Classifier,
): Promise<z.output<typeof qualityOutput>> {
  const table = await tabulate(examples, classifier);
  const labels = [...table.keys()].toSorted().map((label) => ({ label, ...figuresOf(label, table) }));
  const right = labels.reduce((sum, { label }) => sum + count(table, label, label), 0);
  return {
    examples: examples.length,
    accuracy: right / examples.length,
    baseline_accuracy: Math.max(...labels.map((one) => one.examples)) / examples.length,
    macro_f1: labels.reduce((sum, { f1 }) => sum + (f1 ?? 0), 0) / labels.length,
    labels: Object.fromEntries(labels.map(({ label, ...figures }) => [label, figures])),
    confusion: Object.fromEntries([...table].map(([label, row]) => [label, Object.fromEntries(row)])),
  };
}

/** How often each label was given, by true label. */
type Table = Map<string, Map<string, number>>;

async function tabulate(examples: readonly Example[], classifier: Classifier): Promise<Table> {
  const table: Table = new Map();
  for (const { label, tokens } of examples) {
    // oxlint-disable-next-line no-await-in-loop -- each is computed at once; together they would only fill memory
    const [best] = await classifier.odds(tokens);
    const given = best?.[0] ?? 'unknown';
    const row = table.get(label) ?? new Map<string, number>();
    table.set(label, row.set(given, (row.get(given) ?? 0) + 1));
  }
  return table;
}

function figuresOf(label: string, table: Table): z.output<typeof ofLabel> {
  const right = count(table, label, label);
  const examples = [...(table.get(label)?.values() ?? [])].reduce((sum, n) => sum + n, 0);
  const given = [...table.keys()].reduce((sum, truth) => sum + count(table, truth, label), 0);
  return {
    examples,
    precision: given === 0 ? null : right / given,
    recall: examples === 0 ? null : right / examples,
    f1: given + examples === 0 ? null : (2 * right) / (given + examples),
  };
}

function count(table: Table, truth: string, given: string): number {
  return table.get(truth)?.get(given) ?? 0;
}
