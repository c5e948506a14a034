import { Counter, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { startHealthServer } from '../../../src/worker/health-server.js';

async function aServer(state: { isAlive: boolean; isReady: boolean }, port = 0) {
  const registry = new Registry();
  new Counter({ name: 'things_total', help: 'Things.', registers: [registry] }).inc(3);
  return startHealthServer({
    host: '127.0.0.1',
    port,
    registry,
    isAlive: () => state.isAlive,
    isReady: () => state.isReady,
    pipelines: () => Promise.resolve({ isWell: state.isReady, body: { ok: state.isReady } }),
  });
}

const status = async (url: string): Promise<number> => (await fetch(url)).status;

test('tells apart a worker that lives from one that takes work', async () => {
  const state = { isAlive: true, isReady: false };
  const server = await aServer(state);
  expect(await status(`${server.url}/healthz`)).toBe(200);
  expect(await status(`${server.url}/readyz`)).toBe(503);
  state.isReady = true;
  expect(await status(`${server.url}/readyz?x=1`)).toBe(200);
  state.isAlive = false;
  expect(await status(`${server.url}/healthz`)).toBe(503);
  await server.close();
});

test('serves metrics, and nothing else', async () => {
  const server = await aServer({ isAlive: true, isReady: true });
  expect(await (await fetch(`${server.url}/metrics`)).text()).toContain('things_total 3');
  expect(await status(`${server.url}/`)).toBe(404);
  await server.close();
});

test('says how pipelines do, with a status that monitors understand', async () => {
  const state = { isAlive: true, isReady: true };
  const server = await aServer(state);
  expect(await (await fetch(`${server.url}/health/pipelines`)).json()).toEqual({ ok: true });
  state.isReady = false;
  expect(await status(`${server.url}/health/pipelines`)).toBe(503);
  await server.close();
});

test('says which port is taken', async () => {
  const server = await aServer({ isAlive: true, isReady: true });
  const port = Number(new URL(server.url).port);
  await expect(aServer({ isAlive: true, isReady: true }, port)).rejects.toThrow(
    `The worker's health endpoint cannot listen on 127.0.0.1:${port}: `,
  );
  await server.close();
});
