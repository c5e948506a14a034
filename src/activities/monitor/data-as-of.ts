import type { PipelineFacts } from '../../engine/health/facts.js';
import type { Json } from '../../shared/json.js';
import { type CheckDeps, runCheckFunction } from './run-check.js';

/** Names the stage function that knows the time of the newest data. */
export type DataQuestion = {
  readonly uses: string;
  readonly with: Json;
  readonly secrets: readonly string[];
};

const TIMEOUT_MS = 10_000;

/**
 * The time of the newest data, as a stage function gives it: ISO 8601, milliseconds since the epoch, or an object with
 * either as `as_of`. Never throws: what goes wrong is the answer.
 */
export async function dataAsOf(
  pipeline: string,
  question: DataQuestion,
  deps: CheckDeps,
): Promise<NonNullable<PipelineFacts['data']>> {
  try {
    const output = await runCheckFunction(
      { name: `${pipeline}.data`, timeout_ms: TIMEOUT_MS, ...question },
      deps,
    );
    const time = typeof output === 'object' && output !== null && 'as_of' in output ? output.as_of : output;
    const ms = typeof time === 'number' ? time : typeof time === 'string' ? Date.parse(time) : NaN;
    if (Number.isFinite(ms)) return { as_of: new Date(ms).toISOString() };
    return {
      problem: `"${question.uses}" gave ${JSON.stringify(output)?.slice(0, 100) ?? 'nothing'}, which is no time.`,
    };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
