import { formatDuration } from '../shared/format-duration.js';
import type { CanaryInput, CarriedCanary } from './canary.js';

type Timed = Pick<CanaryInput, 'people' | 'rules'>;

/** What is decided because of the time, and why; null while there is time. */
export function lateDecision(
  input: Timed,
  state: CarriedCanary,
  now: number,
): { readonly decision: 'promote' | 'roll_back'; readonly reason: string } | null {
  const { people, rules } = input;
  if (now >= (deadlineOf(input, state) ?? Infinity)) {
    const limit = formatDuration(rules.timeout_ms ?? 0);
    return { decision: 'roll_back', reason: `it was not promoted within ${limit} (canary.timeout)` };
  }
  if (now < (questionEnd(state) ?? Infinity)) return null;
  const reason = `nobody decided within ${formatDuration(people.timeout_ms ?? 0)} (approval.timeout)`;
  const isPromoted = state.question?.about === 'promotion' && people.on_timeout === 'promote';
  return { decision: isPromoted ? 'promote' : 'roll_back', reason };
}

/** When there is something to do again, if nobody says anything before; null for never. */
export function nextTime(input: Timed, state: CarriedCanary): number | null {
  const { phase, next_evaluation_at, next_look_at = null, way_back = null } = state;
  // Nothing but the way back counts any more.
  if (phase === 'rolling_back') return way_back?.next_at ?? null;
  const measured = phase === 'shifting' ? [] : [next_evaluation_at, next_look_at];
  const times = [...measured, questionEnd(state), deadlineOf(input, state)].filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}

function questionEnd({ question }: CarriedCanary): number | null {
  const end = question?.times_out_at ?? null;
  return end === null ? null : Date.parse(end);
}

function deadlineOf({ rules }: Timed, { started_at }: CarriedCanary): number | null {
  return rules.timeout_ms === null ? null : started_at + rules.timeout_ms;
}
