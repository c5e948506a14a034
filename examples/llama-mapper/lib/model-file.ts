import { createHash } from 'node:crypto';
import { z } from 'sluice';
import { DataError } from './data-error.js';

export const modelKind = z.enum(['mapper', 'analyst']);

export type ModelKind = z.output<typeof modelKind>;

/** What a model does wrong on purpose, to try out how a deployment reacts. It travels in the model, as real faults do. */
export const rehearsal = z.strictObject({
  /** Each answer takes this much longer. */
  delay_ms: z.int().min(0).max(10_000).default(0),
  /** This share of answers is an error. */
  failure_share: z.number().min(0).max(1).default(0),
  /** Each label is learned as the one that comes after it in the alphabet, so that most answers are wrong. */
  wrong_labels: z.boolean().default(false),
});

export type Rehearsal = z.output<typeof rehearsal>;

/** For each intent the weights of the features, then the bias. */
const network = z.strictObject({
  features: z.array(z.string()),
  intents: z.array(z.string()).min(1),
  perceptrons: z.array(z.array(z.number())),
});

export type Network = z.output<typeof network>;

const modelFile = z.strictObject({
  format: z.literal('llama-mapper/1'),
  kind: modelKind,
  network,
  trained: z.strictObject({ rows: z.int(), seed: z.int(), learning_rate: z.number(), epochs: z.int() }),
  rehearsal: rehearsal.optional(),
});

export type ModelFile = z.output<typeof modelFile>;

/** A reference to a model's bytes: what the store calls an artifact. */
export const artifact = z.strictObject({ name: z.string(), sha256: z.string(), size_bytes: z.int() });

export function writeModel(model: ModelFile): string {
  return JSON.stringify(model);
}

/** Throws {@link DataError} when the bytes are not those that were trained, or not a model. */
export function readModel(bytes: string | Uint8Array, expectedSha256?: string): ModelFile {
  const found = sha256Of(bytes);
  if (expectedSha256 !== undefined && found !== expectedSha256) {
    throw new DataError(
      `The checksum is wrong: the model should have SHA-256 ${expectedSha256}, and has ${found}.`,
    );
  }
  const parsed = modelFile.safeParse(parseJson(bytes));
  if (parsed.success) return parsed.data;
  throw new DataError(`This is not a model of this example: ${z.prettifyError(parsed.error)}`);
}

export function sha256Of(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function parseJson(bytes: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
