import { ANSWER_NAMES } from '../../engine/canary-plan.js';
import { declareItemName } from '../../expressions/environment.js';
import { evaluate } from '../../expressions/evaluate.js';
import type { Scope } from '../../expressions/scope.js';
import type { KpiReading } from '../../shared/canary-task.js';
import type { FetchJson } from './fetch-json.js';

type Answer = {
  readonly url: string;
  readonly headers: Parameters<FetchJson>[0]['headers'];
  readonly value: string;
  readonly samples: string | null;
  readonly version: string;
};

/** Reads a number out of a JSON document by an expression. */
export async function readAnswer(
  { url, headers, value, samples, version }: Answer,
  windowSeconds: number,
  fetchJson: FetchJson,
): Promise<KpiReading> {
  const body = await fetchJson({ url, headers });
  for (const name of ANSWER_NAMES) declareItemName(name);
  const scope = { body, version, window_seconds: windowSeconds } as unknown as Scope;
  return {
    value: numberIn(value, scope, 'value'),
    samples: samples === null ? null : numberIn(samples, scope, 'samples'),
  };
}

function numberIn(source: string, scope: Scope, name: string): number | null {
  const found = evaluate(source, scope);
  if (found === null || typeof found === 'number') return found;
  throw new Error(`\`${name}\` gave ${JSON.stringify(found).slice(0, 80)}, not a number`);
}
