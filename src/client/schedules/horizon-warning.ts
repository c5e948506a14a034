import type { ScheduleItem } from './schedule-item.js';

/** Long enough to notice, and to apply again in the course of other work. */
const WARN_DAYS = 180;

/** Told when the days that were computed for a schedule come to their end soon; null while they do not. */
export function horizonWarning(
  { id, computed_until }: Pick<ScheduleItem, 'id' | 'computed_until'>,
  now: Date,
): string | null {
  if (computed_until === null) return null;
  const daysLeft = Math.floor((Date.parse(computed_until) - now.getTime()) / 86_400_000);
  if (daysLeft > WARN_DAYS) return null;
  const until = daysLeft < 0 ? `ended on ${computed_until}` : `end on ${computed_until}`;
  return `The holidays and changes of the clock that "${id}" knows ${until}. Apply its definition again to tell it more.`;
}
