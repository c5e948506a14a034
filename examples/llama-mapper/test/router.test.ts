import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRouter } from '../serving/router/create-router.js';
import { pickVersion } from '../serving/router/pick-version.js';
import { TrafficWindow } from '../serving/router/traffic-window.js';
import { listening, send, version } from './support/serving.js';

describe('sticky keys', () => {
  const keys = Array.from({ length: 4000 }, (_, index) => `user-${index}`);
  const choose = (weights: Record<string, number>): (string | undefined)[] =>
    keys.map((key) => pickVersion(weights, key));

  it('share the traffic as the weights say', () => {
    const chosen = choose({ old: 75, new: 20, other: 5 });
    expect(chosen.filter((each) => each === 'old').length / keys.length).toBeCloseTo(0.75, 1);
    expect(chosen.filter((each) => each === 'new').length / keys.length).toBeCloseTo(0.2, 1);
    expect(chosen.filter((each) => each === 'other').length / keys.length).toBeCloseTo(0.05, 1);
  });

  it('move only to a version that gains, and stay there while it gains more', () => {
    let before = choose({ old: 100, new: 0 });
    expect(new Set(before)).toEqual(new Set(['old']));
    for (const weight of [5, 25, 50, 100]) {
      const after = choose({ old: 100 - weight, new: weight });
      expect(after.every((each, index) => each === 'new' || before[index] === 'old')).toBe(true);
      before = after;
    }
    expect(new Set(before)).toEqual(new Set(['new']));
  });

  it('reach nothing when no version has a weight', () => {
    expect(pickVersion({ old: 0 }, 'user')).toBeUndefined();
  });
});

describe('the administration of the router', () => {
  it('takes weights of known versions that add up to 100, again and again', async () => {
    const { router } = await started();
    const weights = { v1: 95, v2: 5 };
    for (let time = 0; time < 2; time += 1) {
      expect(await send('PUT', `${router}/routes/mapper`, { weights })).toMatchObject({
        status: 200,
        body: { service: 'mapper', weights },
      });
    }
    expect((await send('GET', `${router}/routes/mapper`)).body).toMatchObject({
      service: 'mapper',
      weights,
      versions: {
        v1: { url: expect.stringMatching(/^http:/) },
        v2: { url: expect.stringMatching(/^http:/) },
      },
    });
  });

  it.each([
    [{ v1: 95, v2: 6 }, 'The weights of "mapper" must add up to 100; these add up to 101.'],
    [{ v1: 95, v3: 5 }, '"mapper" has no version "v3". Versions here: "v1", "v2".'],
    [{ v1: -5, v2: 105 }, 'Too small: expected number to be >=0'],
    [{ v1: '100' }, 'expected number, received string'],
  ])('refuses %o and keeps the weights it had', async (weights, message) => {
    const { router } = await started();
    const refused = await send('PUT', `${router}/routes/mapper`, { weights });
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining(message) } },
    });
    expect((await send('GET', `${router}/routes/mapper`)).body).toMatchObject({ weights: { v1: 100 } });
  });

  it('names the services there are when it is asked for another', async () => {
    const { router } = await started();
    for (const path of ['routes/maper', 'kpis/maper']) {
      expect(await send('GET', `${router}/${path}`)).toMatchObject({
        status: 404,
        body: { error: { message: 'There is no service "maper". Services here: "mapper".' } },
      });
    }
    expect(await send('POST', `${router}/maper`, {})).toMatchObject({ status: 404 });
  });

  it('keeps a version that gets traffic, and lets go of one that does not', async () => {
    const { router } = await started();
    expect(await send('DELETE', `${router}/routes/mapper/versions/v1`)).toMatchObject({
      status: 409,
      body: { error: { message: 'Version "v1" of "mapper" gets 100 percent: move it first.' } },
    });
    expect(await send('DELETE', `${router}/routes/mapper/versions/v2`)).toMatchObject({ status: 200 });
    expect((await send('PUT', `${router}/routes/mapper`, { weights: { v2: 100 } })).status).toBe(400);
  });

  it('goes on with the last weights after a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'router-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const stateFile = join(folder, 'routes.json');
    const { router } = await started({ stateFile });
    await Promise.all(
      [10, 20, 30].map((v2) => send('PUT', `${router}/routes/mapper`, { weights: { v1: 100 - v2, v2 } })),
    );
    const before = await send('GET', `${router}/routes/mapper`);
    const again = await listening(await createRouter({ stateFile }));
    expect(await send('GET', `${again}/routes/mapper`)).toEqual(before);
    expect(await send('POST', `${again}/mapper`, {})).toMatchObject({ status: 200 });
  });
});

describe('traffic', () => {
  it('reaches the version that the key belongs to, with its body untouched', async () => {
    const { router } = await started();
    await send('PUT', `${router}/routes/mapper`, { weights: { v1: 50, v2: 50 } });
    const ask = (): ReturnType<typeof send> =>
      send('POST', `${router}/mapper`, {}, { 'x-sticky-key': 'anna' });
    const first = await ask();
    expect(first).toMatchObject({ status: 200, body: { name: first.version } });
    for (let time = 0; time < 10; time += 1) expect(await ask()).toEqual(first);
  });

  it('is counted by version for people, for Prometheus and for a canary', async () => {
    const { router } = await started({ v2: () => ({ status: 500, body: {} }) });
    const feedback = `${router}/routes/mapper/feedback`;
    for (let time = 0; time < 3; time += 1) await send('POST', `${router}/mapper`, {});
    await send('PUT', `${router}/routes/mapper`, { weights: { v1: 0, v2: 100 } });
    expect(await send('POST', `${router}/mapper`, {})).toMatchObject({ status: 500, version: 'v2' });
    await send('POST', feedback, { version: 'v1', correct: true });
    await send('POST', feedback, { version: 'v1', correct: true });
    await send('POST', feedback, { version: 'v1', correct: false });
    expect(await send('POST', feedback, { version: 'v9', correct: true })).toMatchObject({ status: 400 });

    expect((await send('GET', `${router}/kpis/mapper?window=30`)).body).toMatchObject({
      service: 'mapper',
      window_seconds: 30,
      versions: {
        v1: { requests: 3, errors: 0, error_rate: 0, feedback: { correct: 2, wrong: 1, accuracy: 2 / 3 } },
        v2: { requests: 1, errors: 1, error_rate: 1, feedback: { correct: 0, wrong: 0, accuracy: null } },
      },
    });
    expect(await send('GET', `${router}/kpis/mapper?window=0`)).toMatchObject({ status: 400 });
    const { body: metrics } = await send('GET', `${router}/metrics`);
    expect(metrics).toContain('router_request_duration_seconds_count{service="mapper",version="v1"} 3');
    expect(metrics).toContain('router_requests_total{service="mapper",version="v2",outcome="error"} 1');
    expect(metrics).toContain('router_feedback_total{service="mapper",version="v1",verdict="wrong"} 1');
    expect(metrics).toContain('router_weight_percent{service="mapper",version="v2"} 100');
  });

  it('counts a version that cannot be reached, or takes too long, as failing', async () => {
    const router = await listening(await createRouter({ upstreamTimeoutMs: 50 }));
    const never = await listening(fastify().post('/answer', () => new Promise(() => undefined)));
    await send('PUT', `${router}/routes/mapper/versions/gone`, { url: 'http://127.0.0.1:1/answer' });
    await send('PUT', `${router}/routes/mapper/versions/stuck`, { url: `${never}/answer` });
    for (const name of ['gone', 'stuck']) {
      await send('PUT', `${router}/routes/mapper`, { weights: { [name]: 100 } });
      expect((await send('POST', `${router}/mapper`, {})).status).toBeGreaterThanOrEqual(500);
    }
    expect((await send('GET', `${router}/kpis/mapper`)).body).toMatchObject({
      versions: { gone: { error_rate: 1 }, stuck: { error_rate: 1 } },
    });
  });
});

it('measures a window and nothing before it', () => {
  let now = 1_000_000;
  const window = new TrafficWindow(() => now);
  for (let ms = 1; ms <= 100; ms += 1) window.addRequest(ms, ms > 90);
  window.addFeedback(true);
  now += 20_000;
  window.addRequest(5, false);
  const { latency_ms: latency, ...all } = window.kpis(30);
  expect(all).toEqual({
    requests: 101,
    errors: 10,
    error_rate: 10 / 101,
    feedback: { correct: 1, wrong: 0, accuracy: 1 },
  });
  expect(latency.p50).toBeCloseTo(50, -1);
  expect(latency.p95).toBeCloseTo(95, 0);
  expect(latency.p99).toBeCloseTo(99, 0);
  expect(window.kpis(10)).toMatchObject({ requests: 1, errors: 0, feedback: { accuracy: null } });
  now += 3600_000;
  window.addRequest(5, false);
  expect(window.kpis(3600)).toMatchObject({ requests: 1 });
});

it('counts what takes longer than nearly all that ended before it has ended itself', () => {
  let now = 1_000_000;
  const window = new TrafficWindow(() => now);
  for (let n = 0; n < 10; n += 1) window.addRequest(20, false);
  const ends = Array.from({ length: 5 }, () => window.begin());
  now += 10;
  expect(window.kpis(30)).toMatchObject({ requests: 10 });
  now += 1_990;
  const { requests, latency_ms: latency } = window.kpis(30);
  expect(requests).toBe(15);
  expect(latency.p95).toBeCloseTo(2_000, -2);
  for (const end of ends) end();
  expect(window.kpis(30)).toMatchObject({ requests: 10 });
});

async function started(
  options: { stateFile?: string; v2?: Parameters<typeof version>[1] } = {},
): Promise<{ router: string }> {
  const { stateFile, v2 } = options;
  const router = await listening(await createRouter(stateFile === undefined ? {} : { stateFile }));
  const urls = { v1: await version('v1'), v2: await version('v2', v2) };
  for (const [name, url] of Object.entries(urls)) {
    await send('PUT', `${router}/routes/mapper/versions/${name}`, { url });
  }
  await send('PUT', `${router}/routes/mapper`, { weights: { v1: 100 } });
  return { router };
}
