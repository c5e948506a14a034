import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endpointModel, llmNodes } from '../../../src/nodes/index.js';
import { type Behaviour, llmServer } from '../../support/llm-server.js';
import { nodeRig } from './node-rig.js';

let server: Awaited<ReturnType<typeof llmServer>>;
let rig: ReturnType<typeof nodeRig>;
/** A rig of its own, since one that was stopped runs nothing more. */
let freshRig: () => ReturnType<typeof nodeRig>;

beforeAll(async () => {
  server = await llmServer();
  const service = endpointModel({
    url: server.url,
    model: 'writer',
    embeddingModel: 'embedder',
    apiKey: 'LLM_KEY',
    prices: { input: 2, output: 10 },
  });
  const nodes = llmNodes({ models: { service }, defaultModel: 'service' });
  freshRig = () => nodeRig(nodes, { LLM_KEY: 'sk-very-secret' });
  rig = freshRig();
});

afterAll(() => server.close());

const task = { secrets: ['LLM_KEY'] };

describe.each([false, true])('an endpoint, with stream %s', (stream) => {
  const ask = () => rig.run('generate-text', { prompt: 'Say something.', stream }, task);

  test('answers, and its tokens and cost are metrics of the stage', async () => {
    server.next({ kind: 'answer', text: 'Something\nelse.', tokens: [100, 20] });
    expect(await ask()).toMatchObject({
      output: { text: 'Something\nelse.', finish_reason: 'stop', model: 'writer', cost: 0.0004 },
      metrics: { model_calls: 1, tokens_in: 100, tokens_out: 20, cost: 0.0004 },
    });
    expect(server.asked.at(-1)).toMatchObject({
      url: '/v1/chat/completions',
      headers: { authorization: 'Bearer sk-very-secret' },
      body: { model: 'writer', messages: [{ role: 'user', content: 'Say something.' }] },
    });
  });

  test.each<readonly [string, Behaviour, object]>([
    [
      '429 with Retry-After closes the pool until then',
      { kind: 'busy', retryAfter: '30' },
      {
        type: 'ModelRateLimited',
        nonRetryable: false,
        nextRetryDelay: 30_000,
        details: [{ rate_limited: true }],
      },
    ],
    [
      '503 with Retry-After does as well',
      { kind: 'busy', status: 503, retryAfter: '5' },
      {
        type: 'ModelRateLimited',
        nonRetryable: false,
        nextRetryDelay: 5_000,
        details: [{ rate_limited: true }],
      },
    ],
    ['429 without one is tried again', { kind: 'busy' }, { type: 'ModelRateLimited', nonRetryable: false }],
    [
      '500 is tried again',
      { kind: 'status', status: 500, body: 'out of memory' },
      {
        type: 'ModelUnavailable',
        nonRetryable: false,
        message: 'The model "writer" answered 500: out of memory',
      },
    ],
    [
      '401 is not',
      { kind: 'status', status: 401, body: 'no such key' },
      { type: 'ModelRefused', nonRetryable: true, message: 'The model "writer" answered 401: no such key' },
    ],
    ['a cut connection is tried again', { kind: 'cut' }, { type: 'ModelUnavailable', nonRetryable: false }],
    [
      'an answer that is not JSON is',
      { kind: 'malformed' },
      { type: 'ModelUnavailable', nonRetryable: false },
    ],
  ])('%s, after one request', async (_what, behaviour, failure) => {
    const before = server.asked.length;
    server.next(behaviour);
    await expect(ask()).rejects.toMatchObject(failure);
    expect(server.asked.length - before).toBe(1);
  });

  test('a slow answer is given up when the stage is stopped', async () => {
    server.next({ kind: 'slow' });
    const [taken, givenUp] = [server.taken(), server.givenUp()];
    const stopped = freshRig();
    const outcome = stopped
      .run('generate-text', { prompt: 'Say something.', stream }, task)
      .catch((error: unknown) => error);
    await taken;
    stopped.environment.cancel();
    expect(await outcome).toMatchObject({ name: 'CancelledFailure' });
    await givenUp;
  });
});

test('JSON that is no answer of a model is not tried again', async () => {
  server.next({ kind: 'alien' });
  await expect(rig.run('generate-text', { prompt: 'Hi' }, task)).rejects.toMatchObject({
    type: 'ModelProtocolError',
    nonRetryable: true,
    message: expect.stringContaining('check the `url` of the endpoint'),
  });
});

test('a stream shows itself as progress and in the log', async () => {
  server.next({ kind: 'answer', text: 'first line\nsecond line' });
  const before = rig.heartbeats.length;
  await rig.run('generate-text', { prompt: 'Hi', stream: true, max_tokens: 8 }, task);
  const logged = (await rig.logs()).map(({ message }) => message);
  expect(logged.slice(-2)).toEqual(['first line', 'second line']);
  expect(rig.heartbeats.slice(before)).toContainEqual(
    expect.objectContaining({ message: 'first line second line' }),
  );
});

test('embeds and orders texts by likeness', async () => {
  const texts = ['no such letter here, or few', 'eeee', 'e'];
  expect(await rig.run('rerank-texts', { query: 'eee', texts, top: 2 }, task)).toMatchObject({
    output: {
      model: 'embedder',
      ranked: [
        { index: 1, score: expect.closeTo(0.997, 3) },
        { index: 0, score: expect.closeTo(0.992, 3) },
      ],
    },
    metrics: { tokens_in: 4, tokens_out: 0, cost: 0.000008 },
  });
});

test('a key that the definition does not name is not read', async () => {
  await expect(rig.run('generate-text', { prompt: 'Hi' })).rejects.toMatchObject({ type: 'SecretMissing' });
});

test.each([
  [{ url: 'ftp://x', model: 'm' }, 'expected an http or https address'],
  [{ url: 'http://x/v1' }, 'give `model`, `embeddingModel` or both'],
  [
    { url: 'http://x/v1', model: 'm', apiKey: 'sk-123' },
    'expected the name of a secret, never the key itself',
  ],
])('options %o are refused', (options, message) => {
  expect(() => endpointModel(options)).toThrow(message);
});

test('a model that is not there is told with those that are', async () => {
  await expect(rig.run('generate-text', { prompt: 'Hi', model: 'gpt' }, task)).rejects.toMatchObject({
    type: 'UnknownName',
    message: 'There is no model "gpt" in the configuration. Models here: local, service.',
  });
  expect(() => llmNodes({ defaultModel: 'gpt' })).toThrow('which is none of the models: local.');
});
