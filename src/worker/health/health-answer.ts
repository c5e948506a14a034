import type { HealthReport } from '../../engine/health/report.js';

/** What the endpoint answers: a report, or why there is none. */
export type HealthAnswer = { readonly isWell: boolean; readonly body: unknown };

/** However often somebody asks, Temporal is asked no more often than this. */
const KEEP_MS = 15_000;

/**
 * Gives the same answer to all who ask within a while, also when it is that nothing could be found out; those who ask while
 * it is made wait for it together.
 */
export function healthAnswers(
  read: () => Promise<HealthReport>,
  now: () => number = () => performance.now(),
): () => Promise<HealthAnswer> {
  let last: { readonly at: number; readonly answer: Promise<HealthAnswer> } | undefined;
  return async () => {
    if (last === undefined || now() - last.at >= KEEP_MS) last = { at: now(), answer: answerOf(read) };
    return last.answer;
  };
}

async function answerOf(read: () => Promise<HealthReport>): Promise<HealthAnswer> {
  try {
    const report = await read();
    return { isWell: report.ok, body: report };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { isWell: false, body: { ok: false, error: { code: 'temporal_unreachable', message } } };
  }
}
