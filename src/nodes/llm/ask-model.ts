import type { ModelMessage } from 'ai';
import type { StageContext } from '../../activities/stage-function.js';
import { loadAi } from '../libraries/ai.js';
import { loadTokenizer } from '../libraries/tokenizer.js';
import { bookCall, type Budget, costOf, type Tokens } from './budget.js';
import type { Model } from './model.js';
import { cutOff, modelFailure } from './model-failure.js';
import { type Given, readAnswer } from './read-answer.js';
import type { Transport } from './transport.js';

export type Question = {
  readonly system?: string | undefined;
  readonly messages: readonly ModelMessage[];
  readonly maxTokens: number;
  readonly temperature?: number | undefined;
  readonly seed?: number | undefined;
  /** Shows the answer while it comes. */
  readonly stream: boolean;
  /** The JSON Schema of the answer, for services that take one. */
  readonly schema?: object | undefined;
};

export type Answer = {
  readonly text: string;
  readonly finishReason: string;
  readonly tokens: Tokens;
  readonly cost: number;
};

export type Asking = {
  readonly model: Model;
  readonly ctx: StageContext;
  readonly transport: Transport;
  readonly budget: Budget;
};

/**
 * Asks a model once: nothing is tried again in here, since Temporal does that. Counts tokens and cost as metrics of the
 * stage. Throws failures of `NODE_ERROR`.
 */
export async function askModel(question: Question, asking: Asking): Promise<Answer> {
  const answering = answerOf(question, asking);
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- piece after piece
    const { done, value } = await answering.next();
    if (done === true) return value;
  }
}

/** The same, giving pieces of the text as they come where the question is asked with `stream`. */
export async function* answerOf(question: Question, asking: Asking): AsyncGenerator<string, Answer, void> {
  const { ctx, budget, model } = asking;
  const { prices } = model;
  const most = async (): Promise<Tokens> => ({
    input: await countTokens(question),
    output: question.maxTokens,
  });
  const booking = await bookCall(budget, { ctx, prices, most });
  // Of one whose reader goes away nobody knows what the service has done of it.
  let failure: unknown = cutOff(model.id);
  try {
    const { text, finishReason, ...given } = yield* call(question, asking);
    const tokens = await tokensOf({ text, finishReason, ...given }, question);
    const cost = costOf(tokens, prices);
    await booking.settle(cost);
    noteCall(ctx, { tokens, cost });
    return { text, finishReason, tokens, cost };
  } catch (thrown) {
    failure = thrown;
    throw thrown;
  } finally {
    await booking.abandon(failure);
  }
}

/** Counters of a call, which become metrics of the stage and of the run; a cached answer counts in none of them. */
export function noteCall(ctx: StageContext, { tokens, cost }: Pick<Answer, 'tokens' | 'cost'>): void {
  ctx.metrics.spend('model_calls', 1);
  ctx.metrics.spend('tokens_in', tokens.input);
  ctx.metrics.spend('tokens_out', tokens.output);
  ctx.metrics.spend('cost', cost);
}

async function* call(question: Question, asking: Asking): AsyncGenerator<string, Given, void> {
  const { model, ctx } = asking;
  const { generateText, streamText } = await loadAi();
  try {
    const settings = await settingsOf(question, asking);
    if (question.stream) {
      const stream = streamText({ ...settings, onError: () => undefined });
      const given = yield* readAnswer(stream, question, ctx);
      if (given === null) throw cutOff(model.id);
      return given;
    }
    const { text, finishReason, usage, warnings = [] } = await generateText(settings);
    for (const warning of warnings) ctx.log.warn(`model "${model.id}": ${JSON.stringify(warning)}`);
    return { text, finishReason, usage };
  } catch (thrown) {
    ctx.signal.throwIfAborted();
    throw await modelFailure(thrown, model.id);
  }
}

/** The question in the words of the library. */
async function settingsOf(question: Question, { model, ctx, transport }: Asking) {
  const { Output, jsonSchema } = await loadAi();
  return {
    model: await model.language({ ctx, transport }),
    messages: [...question.messages],
    ...(question.system === undefined ? {} : { system: question.system }),
    maxOutputTokens: question.maxTokens,
    ...(question.temperature === undefined ? {} : { temperature: question.temperature }),
    ...(question.seed === undefined ? {} : { seed: question.seed }),
    maxRetries: 0,
    abortSignal: ctx.signal,
    ...(question.schema === undefined || !model.takesSchema
      ? {}
      : {
          output: {
            ...Output.text(),
            responseFormat: Output.object({ schema: jsonSchema(question.schema) }).responseFormat,
          },
        }),
  };
}

/** Some services do not tell how many tokens a call took; then they are counted here. */
async function tokensOf({ usage, text }: Given, question: Question): Promise<Tokens> {
  return {
    input: usage.inputTokens ?? (await countTokens(question)),
    output: usage.outputTokens ?? (await loadTokenizer()).count(text),
  };
}

/** About what a service counts: each message takes a few tokens beside its text. */
async function countTokens({ system, messages }: Question): Promise<number> {
  const { count } = await loadTokenizer();
  const texts = messages.map(({ content }) =>
    typeof content === 'string' ? content : JSON.stringify(content),
  );
  return [system ?? '', ...texts].reduce((sum, text) => sum + count(text) + 4, 0);
}
