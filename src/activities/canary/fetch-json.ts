import type { Json } from '../../shared/json.js';
import type { Attempt } from '../attempt.js';
import { requestHttp } from '../request-http.js';
import type { Environment } from '../secrets.js';

/** Gets a JSON document. */
export type FetchJson = (request: {
  readonly url: string;
  readonly headers: Readonly<Record<string, Json>>;
  readonly query?: Readonly<Record<string, string>>;
}) => Promise<Json>;

/** A source that takes longer counts as down; the next evaluation asks it again. */
const LIMIT_MS = 10_000;

/** Fetches each document once for an evaluation, so that all KPIs that read it see the same values. */
export function fetcher(attempt: Attempt, env: Environment): FetchJson {
  const fetched = new Map<string, Promise<Json>>();
  return (request) => {
    const key = JSON.stringify(request);
    const known = fetched.get(key) ?? get(request, attempt, env);
    fetched.set(key, known);
    return known;
  };
}

async function get(request: Parameters<FetchJson>[0], attempt: Attempt, env: Environment): Promise<Json> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  const signal = AbortSignal.any([attempt.stopped.signal, limit]);
  // Secrets have been filled in already.
  const { secret_slots: _slots, ...task } = attempt.task;
  const params = { ...request, method: 'GET', response: 'json' };
  try {
    const { output } = await requestHttp({ task: { ...task, params }, stopped: { signal } }, { env });
    const { body } = output as { readonly body: Json };
    return body;
  } catch (error) {
    if (limit.aborted) throw new Error(`no answer within ${LIMIT_MS / 1000} s`, { cause: error });
    throw error;
  }
}
