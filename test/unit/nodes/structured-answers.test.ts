import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { endpointModel, llmNodes, localModel } from '../../../src/nodes/index.js';
import { llmServer } from '../../support/llm-server.js';
import { nodeRig } from './node-rig.js';

const REVIEW = z.object({ stars: z.int().min(1).max(5), title: z.string() });
const GOOD = { stars: 4, title: 'Fine' };
const JSON_SCHEMA = {
  type: 'object',
  properties: { stars: { type: 'integer', minimum: 1, maximum: 5 }, title: { type: 'string' } },
  required: ['stars', 'title'],
};

let server: Awaited<ReturnType<typeof llmServer>>;
let rig: ReturnType<typeof nodeRig>;

beforeAll(async () => {
  server = await llmServer();
  const models = {
    service: endpointModel({ url: server.url, model: 'writer' }),
    strict: endpointModel({ url: server.url, model: 'writer', jsonSchema: true }),
  };
  rig = nodeRig(llmNodes({ models, defaultModel: 'service', schemas: { review: REVIEW } }));
});

afterAll(() => server.close());

type Message = { readonly role: string; readonly content: string };

/** The conversation that the last request told. */
const lastMessages = (): readonly Message[] => (server.asked.at(-1)?.body['messages'] ?? []) as Message[];

const answer = (value: unknown) =>
  ({ kind: 'answer', text: typeof value === 'string' ? value : JSON.stringify(value) }) as const;

describe('generate-object', () => {
  const ask = (params = {}) =>
    rig.run('generate-object', { prompt: 'Review it.', schema: 'review', ...params });

  test('gives a value that fits, and has told the model the shape', async () => {
    server.next(answer(GOOD));
    expect(await ask()).toMatchObject({ output: { value: GOOD, repairs: 0, model: 'writer' } });
    expect(lastMessages()[0]).toMatchObject({
      role: 'system',
      content: expect.stringContaining('"maximum":5'),
    });
  });

  test('shows the model what is wrong and asks again', async () => {
    server.next(answer({ stars: 9, title: 'Wow' }), answer('no idea'), answer(GOOD));
    expect(await ask()).toMatchObject({
      output: { value: GOOD, repairs: 2 },
      metrics: { model_calls: 3, repairs: 2, tokens_in: 33 },
    });
    const messages = lastMessages();
    expect(messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'user',
      'assistant',
      'user',
    ]);
    expect(messages[3]?.content).toContain('Too big: expected number to be <=5');
    expect(messages[5]?.content).toContain('It is not JSON.');
  });

  test('fails for good when the last repair does not fit either', async () => {
    server.next(answer({ stars: 0 }), answer({ stars: 0 }));
    await expect(ask({ max_repairs: 1 })).rejects.toMatchObject({
      type: 'OutputMismatch',
      nonRetryable: true,
      message: expect.stringMatching(
        /does not fit its schema after 1 repair:[^]*at title[^]*It was: \{"stars":0\}/,
      ),
    });
  });

  test('leaves the shape to services that take a JSON Schema', async () => {
    server.next(answer(GOOD));
    await ask({ model: 'strict', schema: JSON_SCHEMA });
    expect(server.asked.at(-1)?.body['response_format']).toMatchObject({
      type: 'json_schema',
      json_schema: { schema: JSON_SCHEMA },
    });
  });

  test.each([
    [
      { schema: 'recipe' },
      'UnknownName',
      'There is no schema "recipe" in the configuration. Schemas here: review.',
    ],
    [{ schema: { type: 'cake' } }, 'ValidationError', '`schema` is no JSON Schema that can be checked'],
  ])('refuses %o', async (params, type, message) => {
    await expect(ask(params)).rejects.toMatchObject({
      type,
      nonRetryable: true,
      message: expect.stringContaining(message),
    });
  });
});

describe('post-process', () => {
  test.each([
    ['plain JSON', JSON.stringify(GOOD)],
    ['a fence around it', `\`\`\`json\n${JSON.stringify(GOOD)}\n\`\`\``],
    ['single quotes and a comma too many', "{stars: 4, 'title': 'Fine',}"],
  ])('reads %s without asking anybody', async (_what, text) => {
    const before = server.asked.length;
    expect(await rig.output('post-process', { text, schema: JSON_SCHEMA })).toEqual({
      value: GOOD,
      repairs: 0,
    });
    expect(server.asked.length).toBe(before);
  });

  test('fails for good on prose, and has a model repair it where it may', async () => {
    const params = { text: 'I liked it.', schema: 'review' };
    await expect(rig.run('post-process', params)).rejects.toMatchObject({ type: 'OutputMismatch' });
    server.next(answer(GOOD));
    expect(await rig.output('post-process', { ...params, max_repairs: 1 })).toEqual({
      value: GOOD,
      repairs: 1,
    });
  });
});

describe('the local model', () => {
  const text =
    'The mill stood by the river. It was old. The river drove the wheel of the mill for a hundred years.';
  const template =
    '{"title": {{ keywords.first | json }}, "stars": {{ sentences.size }}, "mood": "{{ mood }}"}';
  const local = nodeRig(llmNodes({ models: { review: localModel({ template, sentences: 2 }) } }));

  test('answers with the most important sentences in their order, the same each time', async () => {
    const ask = () => local.run('generate-text', { prompt: text });
    const first = await ask();
    expect(first).toMatchObject({ output: { text, model: 'local', cost: 0, finish_reason: 'stop' } });
    expect(await ask()).toEqual(first);
    expect(await local.output('generate-text', { prompt: text, max_tokens: 5 })).toMatchObject({
      text: 'The mill stood by the',
      finish_reason: 'length',
    });
  });

  test('fills a template, so that it can stand in where a shape is asked for', async () => {
    expect(
      await local
        .output('generate-object', { prompt: text, schema: 'object', model: 'review' })
        .catch((e) => e),
    ).toMatchObject({
      type: 'UnknownName',
    });
    const params = { prompt: text, schema: JSON_SCHEMA, model: 'review' };
    expect(await local.output('generate-object', params)).toMatchObject({
      value: { title: 'mill', stars: 2 },
    });
  });

  test('weighs words, so that texts are alike by what they tell', async () => {
    const texts = ['The river was high.', 'A dog barked.', 'The wheel turned in the river.'];
    expect(
      await local.output('rerank-texts', { query: 'wheel river', texts, min_score: 0.01 }),
    ).toMatchObject({
      ranked: [{ index: 2 }, { index: 0 }],
    });
    const { vectors } = await local.output<{ vectors: object[] }>('embed-texts', { texts });
    expect(Object.keys(vectors[1] ?? {})).toEqual(['dog', 'bark']);
  });

  test('tells of a name in a template that it does not have', async () => {
    const wrong = nodeRig(llmNodes({ models: { local: localModel({ template: '{{ plot }}' }) } }));
    await expect(wrong.run('generate-text', { prompt: text })).rejects.toMatchObject({
      message: expect.stringContaining('undefined variable: plot'),
    });
  });
});
