import { z } from 'zod';
import type { KpiReading } from '../../shared/canary-task.js';
import { checkSchema } from '../check-schema.js';
import type { FetchJson } from './fetch-json.js';

type Query = {
  readonly url: string;
  readonly headers: Parameters<FetchJson>[0]['headers'];
  readonly query: string;
  readonly samples: string | null;
};

const point = z.tuple([z.number(), z.string()]);

/** What an instant query answers: one of Prometheus' own formats. */
const answer = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: point })) }),
    z.object({ resultType: z.literal('scalar'), result: point }),
  ]),
});

/** Asks a Prometheus API server for one number, and for the samples that it is made of where there is a query for them. */
export async function queryPrometheus(source: Query, fetchJson: FetchJson): Promise<KpiReading> {
  const [value, samples] = await Promise.all([
    ask(source, source.query, fetchJson),
    source.samples === null ? null : ask(source, source.samples, fetchJson),
  ]);
  // A count of nothing is an empty answer, too.
  return { value, samples: source.samples === null ? null : (samples ?? 0) };
}

/** Null when there is no series, or no number in it. */
async function ask({ url, headers }: Query, query: string, fetchJson: FetchJson): Promise<number | null> {
  const body = await fetchJson({ url: `${url.replace(/\/$/, '')}/api/v1/query`, headers, query: { query } });
  const { data } = await checkSchema(answer, body, 'The answer is none of a Prometheus API server');
  if (data.resultType === 'scalar') return numberOf(data.result);
  const [only, ...others] = data.result;
  if (others.length > 0) {
    throw new Error(`the query gives ${data.result.length} series, not one: aggregate them, with sum or avg`);
  }
  return only === undefined ? null : numberOf(only.value);
}

function numberOf([, text]: readonly [number, string]): number | null {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
