import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3GenerateResult,
} from '@ai-sdk/provider';
import { segmentsOf } from '../text/segments.js';
import { loadTokenizer } from '../libraries/tokenizer.js';
import { renderTemplate } from '../libraries/template.js';
import { extract } from './extract.js';
import { embedByWords } from './embed-by-words.js';
import { FREE, type Model } from './model.js';

export type LocalModelOptions = {
  /**
   * A Liquid template of the answer. It sees `summary`, `sentences`, `keywords`, `mood`, `sentiment` and `words`.
   * @default "{{ summary }}"
   */
  readonly template?: string;
  /** How many sentences a summary has at most. @default 3 */
  readonly sentences?: number;
};

/**
 * No language model, but what can stand in for one without an account and a network: its answer are the most important
 * sentences of the first message, set into a template. It follows no instructions. The same question always gives the
 * same answer. Its vectors weigh words (BM25), so they know nothing of meaning.
 */
export function localModel({ template = '{{ summary }}', sentences = 3 }: LocalModelOptions = {}): Model {
  if (!Number.isInteger(sentences) || sentences < 1) {
    throw new TypeError(
      `localModel: expected \`sentences\` to be a whole number of at least 1, got \`${sentences}\`.`,
    );
  }
  return {
    id: 'local',
    embeddingId: 'local',
    identity: { local: 1, template, sentences },
    prices: FREE,
    takesSchema: false,
    language: () => Promise.resolve(languageModel((text) => answer(text, template, sentences))),
    embed: async (texts, { corpus }) => ({ vectors: await embedByWords(texts, corpus), tokens: 0 }),
  };
}

async function answer(text: string, template: string, sentences: number): Promise<string> {
  return (await renderTemplate(template, await extract(text, sentences))).trim();
}

/** The same interface as that of a service, so that nothing above it differs. */
function languageModel(write: (text: string) => Promise<string>): LanguageModelV3 {
  const generate = async (options: LanguageModelV3CallOptions): Promise<LanguageModelV3GenerateResult> => {
    const { pieces, count } = await loadTokenizer();
    const asked = firstMessage(options);
    const whole = await write(asked);
    const limit = options.maxOutputTokens ?? Number.POSITIVE_INFINITY;
    const isCut = count(whole) > limit;
    const text = isCut ? pieces(whole).slice(0, limit).join('') : whole;
    return {
      content: [{ type: 'text', text }],
      finishReason: { unified: isCut ? 'length' : 'stop', raw: undefined },
      usage: usageOf(count(asked), count(text)),
      warnings: [],
    };
  };
  return {
    specificationVersion: 'v3',
    provider: 'sluice',
    modelId: 'local',
    supportedUrls: {},
    doGenerate: generate,
    doStream: async (options) => ({ stream: ReadableStream.from(asParts(await generate(options))) }),
  };
}

type Part =
  Awaited<ReturnType<LanguageModelV3['doStream']>>['stream'] extends ReadableStream<infer P> ? P : never;

/** An answer in the parts that a service would stream, a word in each. */
function* asParts({ content, finishReason, usage }: LanguageModelV3GenerateResult): Generator<Part> {
  yield { type: 'stream-start', warnings: [] };
  yield { type: 'text-start', id: 'answer' };
  for (const part of content) {
    if (part.type !== 'text') continue;
    for (const word of segmentsOf(part.text, 'word', 'en'))
      yield { type: 'text-delta', id: 'answer', delta: word };
  }
  yield { type: 'text-end', id: 'answer' };
  yield { type: 'finish', finishReason, usage };
}

function firstMessage({ prompt }: LanguageModelV3CallOptions): string {
  const message = prompt.find(({ role }) => role === 'user');
  if (message?.role !== 'user') return '';
  return message.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}

function usageOf(input: number, output: number): LanguageModelV3GenerateResult['usage'] {
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: output, text: output, reasoning: 0 },
  };
}
