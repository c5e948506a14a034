import type { OverlapPolicy } from '../../engine/schedule-plan.js';

/** The memo by which a schedule is known as one of Sluice's. Never changed after it was created. */
export const OWNER_MEMO = 'sluice';

/** The memo of its runs that says where they come from. */
export const SCHEDULE_MEMO = 'schedule';

type ServerOverlap = Uppercase<OverlapPolicy>;

/** The server's word for a policy. */
export function overlapOf(policy: OverlapPolicy): ServerOverlap {
  return policy.toUpperCase() as ServerOverlap;
}
