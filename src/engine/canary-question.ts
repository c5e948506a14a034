import { formatDuration } from '../shared/format-duration.js';
import type { CanaryInput, CanaryQuestion, CarriedCanary, Evaluation } from './canary.js';
import { verdictWords } from './canary-judge.js';
import { isoTime } from './stage-record.js';

type Asked = Pick<CanaryInput, 'people' | 'service' | 'candidate'>;

/** Whether all traffic may go to the candidate. */
export function promotionQuestion(input: Asked, { steps }: CarriedCanary, now: number): CanaryQuestion {
  const passed = steps.length === 0 ? 'Nothing was measured yet.' : 'All steps before have passed.';
  const message = `Send all traffic of "${input.service}" to "${input.candidate}"? ${passed}`;
  return { about: 'promotion', message, ...timesOf(input, now) };
}

/** Whether a step may count as passed that stays inconclusive. */
export function doubtQuestion(
  input: Asked,
  { step, weight }: CarriedCanary,
  { words, now }: { readonly words: string; readonly now: number },
): CanaryQuestion {
  const message = `Step ${step + 1} at ${weight ?? 0} percent is ${words}. Take it as passed?`;
  return { about: 'inconclusive', message, ...timesOf(input, now) };
}

/** `inconclusive for 5m: p95_ms: candidate: no value`. */
export function doubtWords({ kpis }: Evaluation, lastingMs: number): string {
  const seconds = Math.max(1, Math.round(lastingMs / 1000));
  return `inconclusive for ${formatDuration(seconds * 1000)}: ${verdictWords(kpis, 'inconclusive')}`;
}

function timesOf({ people }: Asked, now: number): Pick<CanaryQuestion, 'since' | 'times_out_at'> {
  const { timeout_ms } = people;
  return { since: isoTime(now), times_out_at: timeout_ms === null ? null : isoTime(now + timeout_ms) };
}
