import { z } from 'zod';
import { defineStage } from '../../activities/define-stage.js';
import { carried, carriedData } from '../carried-data.js';
import type { StageContext } from '../../activities/stage-function.js';
import { type Answer, answerOf, askModel } from './ask-model.js';
import { askingOf, askParams, settingsOf } from './ask-params.js';
import type { LlmSetup } from './llm-options.js';

const params = z.strictObject({ prompt: z.string().min(1), ...askParams, ...carriedData });

const output = z.object({
  text: z.string(),
  /** `stop` for a complete answer; `length` when `max_tokens` cut it off. */
  finish_reason: z.string(),
  model: z.string(),
  tokens_in: z.number(),
  tokens_out: z.number(),
  cost: z.number(),
  ...carriedData,
});

type Params = z.output<typeof params>;
type Output = z.input<typeof output>;

/** Asks a model for a text, and gives it piece by piece where `stream` says so. Asked twice it may answer, and cost, twice: `cache` keeps the first answer. */
export function generateText(setup: LlmSetup) {
  return defineStage({
    name: 'generate-text',
    version: setup.version,
    description: 'Asks a model for a text',
    params,
    chunk: z.string(),
    output,
    run: (task) => (task.params.stream ? streamed(setup, task) : asked(setup, task)),
  });
}

type Task = { readonly params: Params; readonly ctx: StageContext };

async function asked(setup: LlmSetup, { params, ctx }: Task): Promise<Output> {
  const { question, asking } = preparedFor(setup, params, ctx);
  return outputOf(await askModel(question, asking), params, asking.model.id);
}

async function* streamed(setup: LlmSetup, { params, ctx }: Task): AsyncGenerator<string, Output, void> {
  const { question, asking } = preparedFor(setup, params, ctx);
  return outputOf(yield* answerOf(question, asking), params, asking.model.id);
}

function preparedFor(setup: LlmSetup, params: Params, ctx: StageContext) {
  const messages = [{ role: 'user' as const, content: params.prompt }];
  return { question: { ...settingsOf(params), messages }, asking: askingOf(setup, params, ctx) };
}

function outputOf({ text, finishReason, tokens, cost }: Answer, params: Params, model: string): Output {
  return {
    text,
    finish_reason: finishReason,
    model,
    tokens_in: tokens.input,
    tokens_out: tokens.output,
    cost,
    ...carried(params),
  };
}
