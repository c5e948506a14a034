import { z } from 'zod';
import type { Json } from '../../shared/json.js';
import type { KpiMeasurement, KpiReading } from '../../shared/canary-task.js';
import { assertNever } from '../../shared/assert-never.js';
import type { Attempt } from '../attempt.js';
import { checkSchema } from '../check-schema.js';
import type { Produced } from '../run-attempt.js';
import { type Environment, fillSecrets } from '../secrets.js';
import type { StageFunction } from '../stage-function.js';
import { askFunction } from './ask-function.js';
import { fetcher, type FetchJson } from './fetch-json.js';
import { queryPrometheus } from './query-prometheus.js';
import { readAnswer } from './read-answer.js';

export type MeasureDeps = {
  readonly stages: ReadonlyMap<string, StageFunction>;
  readonly env: Environment;
};

const headers = z.record(z.string(), z.json()).default({});
const version = z.string();

const source = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('prometheus'),
    url: z.string(),
    headers,
    query: z.string(),
    samples: z.string().nullable(),
    version,
  }),
  z.object({
    type: z.literal('http'),
    url: z.string(),
    headers,
    value: z.string(),
    samples: z.string().nullable(),
    version,
  }),
  z.object({ type: z.literal('uses'), uses: z.string(), with: z.json(), version }),
]);

export type Source = z.output<typeof source>;

const measureParams = z.object({
  window_seconds: z.number(),
  kpis: z.array(z.object({ name: z.string(), candidate: source, baseline: source })),
});

type Look = { readonly attempt: Attempt; readonly deps: MeasureDeps; readonly fetchJson: FetchJson };

/**
 * Measures the KPIs of a canary for both versions. A source that fails is no failure of the activity: its reading says
 * why there is no value. It only reads, so it is safe to run twice.
 */
export async function measureKpis(attempt: Attempt, deps: MeasureDeps): Promise<Produced> {
  const given = fillSecrets(attempt.task, deps.env);
  const { kpis, window_seconds } = await checkSchema(measureParams, given, 'What to measure does not fit');
  const look = { attempt, deps, fetchJson: fetcher(attempt, deps.env) };
  const output = await Promise.all(
    kpis.map(async ({ name, candidate, baseline }): Promise<KpiMeasurement> => {
      const [ofCandidate, ofBaseline] = await Promise.all([
        reading(candidate, window_seconds, look),
        reading(baseline, window_seconds, look),
      ]);
      return { name, candidate: ofCandidate, baseline: ofBaseline };
    }),
  );
  return { output };
}

async function reading(of: Source, windowSeconds: number, look: Look): Promise<KpiReading> {
  try {
    return await read(of, windowSeconds, look);
  } catch (error) {
    if (look.attempt.stopped.signal.aborted) throw error;
    const { message } = error instanceof Error ? error : { message: String(error) };
    return { value: null, samples: null, error: message.slice(0, 300) };
  }
}

function read(of: Source, windowSeconds: number, look: Look): Promise<KpiReading> {
  switch (of.type) {
    case 'prometheus':
      return queryPrometheus(of, look.fetchJson);
    case 'http':
      return readAnswer(of, windowSeconds, look.fetchJson);
    case 'uses':
      return askFunction({ uses: of.uses, with: of.with satisfies Json }, look.attempt, look.deps);
    default:
      return assertNever(of);
  }
}
