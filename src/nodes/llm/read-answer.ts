import type { LanguageModelUsage, StreamTextResult, ToolSet } from 'ai';
import type { StageContext } from '../../activities/stage-function.js';

/** What a model gave. */
export type Given = {
  readonly text: string;
  readonly finishReason: string;
  readonly usage: LanguageModelUsage;
};

const SHOWN = 80;

/**
 * Gives the pieces of an answer as they come, and it as a whole at the end. Watchers see its end as progress, and each whole
 * line is in the log. Null when it ended before the model had said that it is complete.
 */
export async function* readAnswer(
  stream: Pick<StreamTextResult<ToolSet, never>, 'fullStream'>,
  { maxTokens }: { readonly maxTokens: number },
  ctx: StageContext,
): AsyncGenerator<string, Given | null, void> {
  let text = '';
  let logged = 0;
  let pieces = 0;
  let end: Omit<Given, 'text'> | null = null;
  const logUntil = (place: number): void => {
    if (place > logged) ctx.log.info(text.slice(logged, place).trimEnd());
    logged = place;
  };
  for await (const part of stream.fullStream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'finish') end = { finishReason: part.finishReason, usage: part.totalUsage };
    if (part.type !== 'text-delta') continue;
    pieces += 1;
    text += part.text;
    // A piece is about a token, and an answer is rarely as long as it may be.
    ctx.progress(Math.min(pieces / maxTokens, 1), text.slice(-SHOWN).replaceAll(/\s+/g, ' '));
    logUntil(text.lastIndexOf('\n') + 1);
    if (part.text !== '') yield part.text;
  }
  logUntil(text.length);
  ctx.signal.throwIfAborted();
  return end === null ? null : { text, ...end };
}
