import type { LanguageModelV3 } from '@ai-sdk/provider';
import type { StageContext } from '../../activities/stage-function.js';
import type { Json } from '../../shared/json.js';
import type { Transport } from './transport.js';

/** What a million tokens cost, in any currency as long as it is one. */
export type Prices = { readonly input: number; readonly output: number };

/** A text as numbers: one for each dimension, or a weight for each word that matters in it. */
export type Vector = readonly number[] | Readonly<Record<string, number>>;

export type Embedded = { readonly vectors: readonly Vector[]; readonly tokens: number | undefined };

/** What a model gets of the stage that asks it. */
export type ModelUse = { readonly ctx: StageContext; readonly transport: Transport };

/** Something that answers and embeds. Made by `endpointModel` and `localModel`. */
export type Model = {
  /** What people call it; stands in outputs. */
  readonly id: string;
  /** The same, of what embeds. */
  readonly embeddingId: string;
  /** All that its answers depend on: part of the version of stage functions, and so of cache keys. */
  readonly identity: Json;
  readonly prices: Prices;
  /** Whether it can be told the JSON Schema of its answer. */
  readonly takesSchema: boolean;
  readonly language: (use: ModelUse) => Promise<LanguageModelV3>;
  /** `corpus` is what a model that counts words learns their weights from. */
  readonly embed: (
    texts: readonly string[],
    use: ModelUse & { readonly corpus: readonly string[] },
  ) => Promise<Embedded>;
};

export const FREE: Prices = { input: 0, output: 0 };
