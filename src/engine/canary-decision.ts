import type { CanaryDecision } from './canary.js';
import { isoTime } from './stage-record.js';

/** Why something is decided, and by whose doing. */
export type Cause = Pick<CanaryDecision, 'by' | 'reason'> & { readonly who?: string };

export function decided(
  decision: CanaryDecision['decision'],
  { by, reason, who }: Cause,
  now: number,
): CanaryDecision {
  return { decision, by, who: who ?? null, reason, at: isoTime(now) };
}
