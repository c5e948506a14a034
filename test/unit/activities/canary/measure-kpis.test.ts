import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defineStage, z } from '../../../../src/index.js';
import type { Json, JsonObject } from '../../../../src/shared/json.js';
import type { KpiMeasurement } from '../../../../src/shared/canary-task.js';
import { ACTIVITY } from '../../../../src/shared/names.js';
import type { SecretSlot } from '../../../../src/shared/task.js';
import { httpReceiver } from '../../../support/http-receiver.js';
import { activityRig, aTask } from '../attempt-rig.js';

/** What the fake sources answer: a status and a JSON document. */
let answer: (url: string) => readonly [status: number, body: Json] = () => [200, null];
let source: Awaited<ReturnType<typeof httpReceiver>>;

beforeAll(async () => {
  source = await httpReceiver(({ url }) => {
    const [status, body] = answer(url);
    return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  });
});
afterAll(() => source.close());
beforeEach(() => {
  source.received.length = 0;
});

const measured = defineStage({
  name: 'measured',
  params: z.object({ version: z.string() }),
  run: ({ params }) => {
    if (params.version === 'v3') throw new Error('no such version');
    return params.version === 'v1' ? 0.9 : { value: 0.95, samples: 40 };
  },
});

/** One KPI of both versions from a source that is the same for both but for the version. */
async function measure(
  of: JsonObject,
  more: { readonly slots?: readonly SecretSlot[]; readonly candidate?: string } = {},
): Promise<KpiMeasurement | undefined> {
  const kpi = (version: string): Json => ({ ...of, version });
  const params = {
    window_seconds: 30,
    kpis: [{ name: 'kpi', candidate: kpi(more.candidate ?? 'v2'), baseline: kpi('v1') }],
  };
  const rig = activityRig({ stages: [measured], deps: { env: { TOKEN: 'secret-token' } } });
  const task = aTask({ params, secrets: ['TOKEN'], secret_slots: more.slots ?? [] });
  const { output } = await rig.run(ACTIVITY.canaryMeasure, task);
  return (output as unknown as readonly KpiMeasurement[])[0];
}

const json = (value: string, samples: string | null = null): JsonObject => ({
  type: 'http',
  url: source.url,
  headers: {},
  value,
  samples,
});

const prometheus = (samples: string | null = null): JsonObject => ({
  type: 'prometheus',
  url: `${source.url}/`,
  headers: {},
  query: 'errors',
  samples,
});

const vector = (...values: readonly string[]): Json => ({
  status: 'success',
  data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1, value] })) },
});

describe('a KPI from a JSON document', () => {
  const body = { versions: { v1: { p95: 90, n: 500 }, v2: { p95: 120, n: 30 } } };

  it('is what the expressions give for each version, from one look at the document', async () => {
    answer = () => [200, body];
    const value = 'body.versions[version].p95 / window_seconds';
    expect(await measure(json(value, 'body.versions[version].n'))).toEqual({
      name: 'kpi',
      candidate: { value: 4, samples: 30 },
      baseline: { value: 3, samples: 500 },
    });
    expect(source.received).toHaveLength(1);
  });

  it.each<[string, string, string]>([
    [
      'a version that is not in it',
      'body.versions["v9"].p95',
      '`body.versions` has no `v9`. It has: v1, v2.',
    ],
    ['something else than a number', '"fast"', '`value` gave "fast", not a number'],
  ])('says why there is none: %s', async (_, value, error) => {
    answer = () => [200, body];
    expect((await measure(json(value)))?.candidate.error).toContain(error);
  });

  it('says why there is none when the source is down', async () => {
    answer = () => [503, null];
    const { candidate } = (await measure(json('body.x'))) ?? {};
    expect(candidate).toMatchObject({ value: null, samples: null });
    expect(candidate?.error).toContain('was answered with status 503');
  });

  it('gets its secrets from the worker, and tells nobody', async () => {
    answer = () => [401, 'not with secret-token'];
    const slots = ['candidate', 'baseline'].map((of) => ({
      at: `/kpis/0/${of}/headers/authorization`,
      parts: ['Bearer ', { secret: 'TOKEN' }],
    }));
    const found = await measure({ ...json('body.x'), headers: { authorization: '***' } }, { slots });
    expect(source.received[0]?.headers.authorization).toBe('Bearer secret-token');
    expect(JSON.stringify(found)).not.toContain('secret-token');
  });
});

describe('a KPI from Prometheus', () => {
  it('is the one number that the instant query gives', async () => {
    answer = (url) => [200, vector(url.includes('count') ? '250' : '0.02')];
    expect((await measure(prometheus('count')))?.candidate).toEqual({ value: 0.02, samples: 250 });
    expect(source.received.map(({ url }) => url)).toContain('/api/v1/query?query=errors');
  });

  it.each<[string, Json, object]>([
    ['no series', vector(), { value: null, samples: 0 }],
    ['not a number', vector('NaN'), { value: null, samples: 0 }],
    [
      'a scalar',
      { status: 'success', data: { resultType: 'scalar', result: [1, '7'] } },
      { value: 7, samples: 7 },
    ],
  ])('of %s', async (_, body, reading) => {
    answer = () => [200, body];
    expect((await measure(prometheus('count')))?.candidate).toEqual(reading);
  });

  it.each<[string, Json, string]>([
    [
      'several series',
      vector('1', '2'),
      'the query gives 2 series, not one: aggregate them, with sum or avg',
    ],
    ['another service', { hello: 'world' }, 'The answer is none of a Prometheus API server'],
  ])('is unknown because of %s', async (_, body, error) => {
    answer = () => [200, body];
    expect((await measure(prometheus()))?.candidate.error).toContain(error);
  });
});

describe('a KPI from a stage function', () => {
  const uses = (name: string, version: string): JsonObject => ({
    type: 'uses',
    uses: name,
    with: { version },
  });

  it('is a number, or a value with its samples', async () => {
    expect((await measure(uses('measured', 'v1')))?.candidate).toEqual({ value: 0.9, samples: null });
    expect((await measure(uses('measured', 'v2')))?.candidate).toEqual({ value: 0.95, samples: 40 });
  });

  it('is unknown when the function throws, or is not there', async () => {
    expect((await measure(uses('measured', 'v3')))?.candidate.error).toBe('no such version');
    expect((await measure(uses('other', 'v1')))?.candidate.error).toBe(
      'this worker has no stage function "other". It has: measured',
    );
  });
});
