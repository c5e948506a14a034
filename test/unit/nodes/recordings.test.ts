import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endpointModel, llmNodes } from '../../../src/nodes/index.js';
import { createTransport } from '../../../src/nodes/llm/transport.js';
import { llmServer } from '../../support/llm-server.js';
import { nodeRig } from './node-rig.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-recordings-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const rigFor = (url: string, mode: 'record' | 'replay') => {
  const models = { service: endpointModel({ url, model: 'writer', apiKey: 'LLM_KEY' }) };
  const nodes = llmNodes({ models, defaultModel: 'service', recordings: { folder, mode } });
  return nodeRig(nodes, { LLM_KEY: 'sk-very-secret' });
};
const task = { secrets: ['LLM_KEY'] };

test('responses are replayed as they were recorded, without the service and without its key', async () => {
  const server = await llmServer([
    { kind: 'answer', text: 'once upon\na time' },
    { kind: 'busy', retryAfter: '7' },
    { kind: 'answer', text: 'there was a “mill”' },
    { kind: 'answer', text: 'the end' },
  ]);
  const tell = async (mode: 'record' | 'replay') => {
    const rig = rigFor(server.url, mode);
    const ask = (prompt: string, stream = false) => rig.run('generate-text', { prompt, stream }, task);
    return [
      await ask('begin', true),
      await ask('go on').catch(({ type, nextRetryDelay }) => ({ type, nextRetryDelay })),
      await ask('go on'),
      await ask('end', true),
    ];
  };
  const recorded = await tell('record');
  expect(recorded[1]).toEqual({ type: 'ModelRateLimited', nextRetryDelay: 7_000 });
  await server.close();
  expect(await tell('replay')).toEqual(recorded);
  expect(await readFile(join(folder, 'responses.json'), 'utf8')).not.toContain('sk-very-secret');
});

test('a replayed response has the bytes of the recorded one', async () => {
  const server = await llmServer([{ kind: 'answer', text: 'Grüße, 世界 🙂\n' }]);
  const ask = async (mode: 'record' | 'replay') => {
    const init = {
      method: 'POST',
      body: JSON.stringify({ stream: true }),
      headers: { 'content-type': 'application/json' },
    };
    const response = await createTransport({ folder, mode })(`${server.url}/chat/completions`, init);
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      bytes: Buffer.from(await response.arrayBuffer()),
    };
  };
  const recorded = await ask('record');
  await server.close();
  const replayed = await ask('replay');
  expect(replayed).toEqual(recorded);
  expect(recorded.bytes.length).toBeGreaterThan(200);
});

test('a request without a recording fails for good and says how to record it', async () => {
  const server = await llmServer();
  await rigFor(server.url, 'record').run('generate-text', { prompt: 'known' }, task);
  await server.close();
  await expect(
    rigFor(server.url, 'replay').run('generate-text', { prompt: 'other' }, task),
  ).rejects.toMatchObject({
    type: 'RecordingMissing',
    nonRetryable: true,
    message: expect.stringMatching(/responses\.json" holds no response to this request\. .*record again/),
  });
  await writeFile(join(folder, 'responses.json'), '[{');
  await expect(
    rigFor(server.url, 'replay').run('generate-text', { prompt: 'known' }, task),
  ).rejects.toMatchObject({
    type: 'RecordingMissing',
    message: expect.stringContaining('cannot be read'),
  });
});

test.each([
  [{ folder: 'recordings', mode: 'replay' as const }, 'expected an absolute path'],
  [{ folder: '/tmp/x', mode: 'playback' as never }, 'expected "record" or "replay"'],
])('the setting %o is refused', (recordings, message) => {
  expect(() => llmNodes({ recordings })).toThrow(message);
});
