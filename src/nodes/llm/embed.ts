import { type Asking, noteCall } from './ask-model.js';
import { costOf, type Tokens, withinBudget } from './budget.js';
import { loadTokenizer } from '../libraries/tokenizer.js';
import type { Vector } from './model.js';
import { modelFailure } from './model-failure.js';

export type EmbedRequest = { readonly texts: readonly string[]; readonly corpus: readonly string[] };

/** Vectors of texts, in their order. Counts what they cost, and throws as `askModel` does. */
export async function embed({ texts, corpus }: EmbedRequest, asking: Asking): Promise<readonly Vector[]> {
  const { model, ctx, transport, budget } = asking;
  const { prices } = model;
  const most = async (): Promise<Tokens> => ({ input: await countTokens(texts), output: 0 });
  const { vectors, tokens, cost } = await withinBudget(budget, { ctx, prices, most }, async () => {
    const embedded = await model.embed(texts, { ctx, transport, corpus }).catch(async (thrown: unknown) => {
      ctx.signal.throwIfAborted();
      throw await modelFailure(thrown, model.embeddingId);
    });
    const tokens = { input: embedded.tokens ?? (await countTokens(texts)), output: 0 };
    const cost = costOf(tokens, prices);
    return { cost, result: { vectors: embedded.vectors, tokens, cost } };
  });
  noteCall(ctx, { tokens, cost });
  return vectors;
}

async function countTokens(texts: readonly string[]): Promise<number> {
  const { count } = await loadTokenizer();
  return texts.reduce((sum, text) => sum + count(text), 0);
}
