import { z } from 'zod';
import { StageFailure } from '../../activities/stage-failure.js';
import { loadAi } from '../libraries/ai.js';
import { NODE_ERROR } from '../node-errors.js';
import { FREE, type Model, type ModelUse } from './model.js';

const options = z
  .strictObject({
    /** Up to and with `/v1`, such as `http://127.0.0.1:11434/v1`. */
    url: z.url({ protocol: /^https?$/, error: 'expected an http or https address' }),
    /** The model that answers, as the service calls it. */
    model: z.string().min(1).optional(),
    /** The model that embeds. */
    embeddingModel: z.string().min(1).optional(),
    /** Names the secret that holds the key; the definition has to name it too. */
    apiKey: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of a secret, never the key itself')
      .optional(),
    /** Sent with every request. Never a secret: use `apiKey`. */
    headers: z.record(z.string(), z.string()).default({}),
    /** What a million tokens cost. @default nothing */
    prices: z
      .strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() })
      .default(FREE),
    /** Change it when the service answers differently under the same name of a model: cached answers are then old. */
    version: z.string().default('1'),
    /** Whether the service takes a JSON Schema for its answer. */
    jsonSchema: z.boolean().default(false),
  })
  .refine(({ model, embeddingModel }) => model !== undefined || embeddingModel !== undefined, {
    error: 'give `model`, `embeddingModel` or both',
  });

export type EndpointOptions = z.input<typeof options>;
type Endpoint = z.output<typeof options>;

/**
 * A model behind any service that speaks OpenAI's protocol, in the cloud or on this machine. Throws a `TypeError` for
 * options that do not fit.
 */
export function endpointModel(given: EndpointOptions): Model {
  const parsed = options.safeParse(given);
  if (!parsed.success) throw new TypeError(`endpointModel: ${z.prettifyError(parsed.error)}`);
  const endpoint = parsed.data;
  const { url, model, embeddingModel, version, prices, jsonSchema } = endpoint;
  return {
    id: model ?? url,
    embeddingId: embeddingModel ?? url,
    identity: { url, model: model ?? null, embedding_model: embeddingModel ?? null, version },
    prices,
    takesSchema: jsonSchema,
    language: async (use) => (await provider(endpoint, use)).languageModel(named(model, 'model', url)),
    embed: async (texts, use) => {
      const { embedMany } = await loadAi();
      const service = await provider(endpoint, use);
      const { embeddings, usage } = await embedMany({
        model: service.embeddingModel(named(embeddingModel, 'embeddingModel', url)),
        values: [...texts],
        // Temporal retries the stage; a second loop in here would multiply its attempts.
        maxRetries: 0,
        maxParallelCalls: 1,
        abortSignal: use.ctx.signal,
      });
      return { vectors: embeddings, tokens: Number.isFinite(usage.tokens) ? usage.tokens : undefined };
    },
  };
}

async function provider(endpoint: Endpoint, { ctx, transport }: ModelUse) {
  const { createOpenAICompatible } = await loadAi();
  const { url, apiKey, headers, jsonSchema } = endpoint;
  return createOpenAICompatible({
    name: 'endpoint',
    baseURL: url.replace(/\/+$/, ''),
    ...(apiKey === undefined ? {} : { apiKey: ctx.secrets.get(apiKey) }),
    headers,
    fetch: transport,
    includeUsage: true,
    supportsStructuredOutputs: jsonSchema,
  });
}

function named(model: string | undefined, option: string, url: string): string {
  if (model !== undefined) return model;
  throw new StageFailure(`The endpoint ${url} has no \`${option}\` in the configuration.`, {
    type: NODE_ERROR.unknownName,
    retryable: false,
  });
}
