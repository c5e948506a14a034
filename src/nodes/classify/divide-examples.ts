import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { StageFailure } from '../../activities/stage-failure.js';
import type { StageContext } from '../../activities/stage-function.js';
import type { Json } from '../../shared/json.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { valueFor } from '../items/item-expression.js';
import { itemsOf, type itemsParam, type Numbered } from '../items/item-source.js';
import type { WordRules } from '../text/words.js';
import { tokensOf } from './classifier-file.js';

/** One example as the classifier sees it. */
export type Example = { readonly label: string; readonly tokens: readonly string[] };

type Source = {
  readonly examples: z.output<typeof itemsParam>;
  readonly label: string;
  readonly input: string;
  readonly words: WordRules;
  readonly held_out: number;
  readonly seed: string | number;
};

/** Reads the examples and keeps a share of them from training. */
export async function divideExamples(
  source: Source,
  ctx: StageContext,
): Promise<{ readonly trained: readonly Example[]; readonly held: readonly Example[] }> {
  const trained: Example[] = [];
  const held: Example[] = [];
  for await (const one of itemsOf(source.examples, ctx, () => undefined)) {
    ctx.signal.throwIfAborted();
    const example = await exampleOf(one, source, ctx);
    (isHeldOut(example, source) ? held : trained).push(example);
  }
  return { trained, held };
}

/**
 * Decided by the tokens alone: equal texts stay together, so that none is tested that was learned word for word, and an
 * example that is added moves no other.
 */
function isHeldOut({ tokens }: Example, { held_out, seed }: Source): boolean {
  const hash = createHash('sha256')
    .update(JSON.stringify([seed, tokens]))
    .digest();
  return hash.readUInt32BE(0) / 2 ** 32 < held_out;
}

async function exampleOf(one: Numbered, source: Source, ctx: StageContext): Promise<Example> {
  const label = valueFor(source.label, one, ctx);
  const input = valueFor(source.input, one, ctx);
  if (typeof label !== 'string') throw unfit(one, 'its label to be a text', label);
  if (typeof input !== 'string' && !isTexts(input)) throw unfit(one, 'a text or a list of tokens', input);
  return { label, tokens: await tokensOf(input, source.words) };
}

function isTexts(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((part) => typeof part === 'string');
}

function unfit({ index }: Numbered, expected: string, value: Json): StageFailure {
  return new StageFailure(
    `Example ${index}: expected ${expected}, got \`${JSON.stringify(value).slice(0, 80)}\`.`,
    { type: ERROR_TYPE.validation, retryable: false },
  );
}
