import type { CanaryDecision, CarriedCanary, WayBack } from './canary.js';

/** For how long a target that refuses to send everything to the baseline is asked again. */
export const ROLL_BACK_FOR_MS = 3_600_000;

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

/** The pause after so many refusals: ever longer, up to a minute. */
export function pauseAfterRefusals(refusals: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (refusals - 1), LONGEST_PAUSE_MS);
}

/** The refusals with one more, and when to ask again; null when it has been asked for long enough. */
export function nextTry(
  { way_back = null, decision }: Pick<CarriedCanary, 'way_back' | 'decision'>,
  {
    reason,
    now,
    limitMs,
  }: { readonly reason: string; readonly now: number; readonly limitMs: number | undefined },
): WayBack | null {
  if (limitMs === undefined) return null;
  const refusals = (way_back?.refusals ?? 0) + 1;
  const next_at = now + pauseAfterRefusals(refusals);
  return next_at > begunAt(decision, now) + limitMs ? null : { refusals, reason, next_at };
}

function begunAt(decision: CanaryDecision | null, now: number): number {
  return decision === null ? now : Date.parse(decision.at);
}
