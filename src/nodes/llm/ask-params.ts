import { z } from 'zod';
import type { StageContext } from '../../activities/stage-function.js';
import type { Asking, Question } from './ask-model.js';
import { budgetParams } from './budget.js';
import { findModel } from './find-model.js';
import type { LlmSetup } from './llm-options.js';

/** Params of every stage function that asks a model. Null, which expressions give for what is not there, is nothing. */
export const askParams = {
  /** A name of the configuration. */
  model: z.string().nullish(),
  /** What the model is to be and to do. */
  system: z.string().nullish(),
  max_tokens: z.int().min(1).default(1024),
  temperature: z.number().min(0).max(2).nullish(),
  seed: z.int().nullish(),
  /** Shows the answer to watchers while it comes. */
  stream: z.boolean().default(false),
  ...budgetParams,
};

type AskParams = z.output<z.ZodObject<typeof askParams>>;

/** What of the params every question of a stage has. */
export function settingsOf(params: AskParams): Omit<Question, 'messages'> {
  const { system, max_tokens: maxTokens, temperature, seed, stream } = params;
  return {
    system: system ?? undefined,
    maxTokens,
    temperature: temperature ?? undefined,
    seed: seed ?? undefined,
    stream,
  };
}

/** Whom a stage asks, and what that may cost. */
export function askingOf(
  setup: LlmSetup,
  { model, budget, spent }: Pick<AskParams, 'model' | 'budget' | 'spent'>,
  ctx: StageContext,
): Asking {
  return { model: findModel(setup, model), ctx, transport: setup.transport, budget: { budget, spent } };
}
