import { type Asking, noteCall } from './ask-model.js';
import { bookCall, costOf, type Tokens } from './budget.js';
import { loadTokenizer } from '../libraries/tokenizer.js';
import type { Vector } from './model.js';
import { modelFailure } from './model-failure.js';

export type EmbedRequest = { readonly texts: readonly string[]; readonly corpus: readonly string[] };

/** Vectors of texts, in their order. Counts what they cost, and throws as `askModel` does. */
export async function embed({ texts, corpus }: EmbedRequest, asking: Asking): Promise<readonly Vector[]> {
  const { model, ctx, transport, budget } = asking;
  const { prices } = model;
  const most = async (): Promise<Tokens> => ({ input: await countTokens(texts), output: 0 });
  const booking = await bookCall(budget, { ctx, prices, most });
  try {
    const embedded = await model.embed(texts, { ctx, transport, corpus });
    const tokens = { input: embedded.tokens ?? (await countTokens(texts)), output: 0 };
    const cost = costOf(tokens, prices);
    await booking.settle(cost);
    noteCall(ctx, { tokens, cost });
    return embedded.vectors;
  } catch (thrown) {
    const failure = ctx.signal.aborted ? thrown : await modelFailure(thrown, model.embeddingId);
    await booking.abandon(failure);
    ctx.signal.throwIfAborted();
    throw failure;
  }
}

async function countTokens(texts: readonly string[]): Promise<number> {
  const { count } = await loadTokenizer();
  return texts.reduce((sum, text) => sum + count(text), 0);
}
