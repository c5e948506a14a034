import { defineConfig, z } from 'sluice';
import { endpointModel, llmNodes, localModel, textNodes } from 'sluice/nodes';
import { findCampaigns } from './stages/find-campaigns.js';
import { moderateText } from './stages/moderate-text.js';
import { readMessages } from './stages/read-messages.js';
import { readText } from './stages/read-text.js';

const { LLM_URL, LLM_MODEL, LLM_API_KEY, LLM_EMBEDDING_MODEL, LLM_PRICE_IN, LLM_PRICE_OUT } = process.env;

/** What a reader of a text is to say about it. */
const review = z.object({
  title: z.string().describe('at most eight words'),
  summary: z.string().describe('two sentences'),
  keywords: z.array(z.string()).max(5),
  mood: z.enum(['positive', 'neutral', 'negative']),
});

// Three roles, so that pipelines say what they need and the environment says who does it.
const offline = {
  writer: localModel({ sentences: 2 }),
  reviewer: localModel({
    sentences: 2,
    template: `{
      "title": {{ keywords | slice: 0, 3 | join: ", " | json }},
      "summary": {{ summary | json }},
      "keywords": {{ keywords | json }},
      "mood": {{ mood | json }}
    }`,
  }),
  embedder: localModel(),
};

function online(url: string): typeof offline {
  const key = LLM_API_KEY === undefined ? {} : { apiKey: 'LLM_API_KEY' };
  const prices = { input: Number(LLM_PRICE_IN ?? 0), output: Number(LLM_PRICE_OUT ?? 0) };
  const model = endpointModel({ url, model: LLM_MODEL ?? 'default', prices, ...key });
  const embedder =
    LLM_EMBEDDING_MODEL === undefined
      ? offline.embedder
      : endpointModel({ url, embeddingModel: LLM_EMBEDDING_MODEL, prices, ...key });
  return { writer: model, reviewer: model, embedder };
}

export default defineConfig({
  stages: [
    ...textNodes(),
    ...llmNodes({
      models: LLM_URL === undefined ? offline : online(LLM_URL),
      defaultModel: 'writer',
      schemas: { review },
    }),
    readMessages,
    readText,
    findCampaigns,
    moderateText,
  ],
  pipelines: {
    'text-processing': './pipelines/text-processing.yaml',
    'llm-processing': './pipelines/llm-processing.yaml',
    moods: './pipelines/moods.ts',
  },
  pools: { llm: { slots: 4, rate: { limit: 300, per: '1m' } } },
});
