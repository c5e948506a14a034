import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { closeTestServers, testPipeline } from 'sluice/testing';
import { llmServer } from '../../../test/support/llm-server.js';
import { fromProject } from '../lib/from-project.js';

// A file of its own, because a configuration is read once by each process.
let server: Awaited<ReturnType<typeof llmServer>>;

beforeAll(async () => {
  server = await llmServer();
  vi.stubEnv('LLM_URL', server.url);
  vi.stubEnv('LLM_MODEL', 'test-model');
  vi.stubEnv('LLM_API_KEY', 'sk-very-secret');
  vi.stubEnv('LLM_PRICE_IN', '1');
  vi.stubEnv('LLM_PRICE_OUT', '2');
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
  await closeTestServers();
});

it('an endpoint of the environment is asked instead, is repaired, and is paid for', async () => {
  const review = { title: 'A speech', summary: 'Short. Solemn.', keywords: ['war'], mood: 'neutral' };
  server.next(
    { kind: 'answer', text: 'A note on the first part.' },
    { kind: 'answer', text: 'A note on the second part.' },
    { kind: 'answer', text: 'It is a speech.' },
    { kind: 'answer', text: JSON.stringify(review) },
    { kind: 'answer', text: 'With malice toward none.' },
  );
  const result = await testPipeline(fromProject('pipelines/llm-processing.yaml'), {
    inputs: { texts: [{ file: 'data/inaugural-1865-Lincoln.txt' }] },
  });
  expect(result).toMatchObject({
    status: 'succeeded',
    outputs: { answer: 'With malice toward none.', reviews: [{ name: 'inaugural-1865-Lincoln', review }] },
  });
  expect(server.asked).toHaveLength(5);
  expect(server.asked.every(({ headers }) => headers.authorization === 'Bearer sk-very-secret')).toBe(true);
  // Each answer counts eleven tokens in and seven out.
  expect(result.outputs['cost']).toBeCloseTo((5 * (11 + 2 * 7)) / 1_000_000, 12);
  expect(JSON.stringify(result)).not.toContain('sk-very-secret');
});
