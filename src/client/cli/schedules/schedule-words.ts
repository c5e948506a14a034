import type { SchedulePlan } from '../../../engine/schedule-plan.js';
import { formatDuration } from '../../../shared/format-duration.js';

/** A schedule in one line: `nightly: 0 19 * * 1-5 (America/New_York), mode daily`. */
export function scheduleWords({ id, cron, every, timezone, mode, paused }: SchedulePlan): string {
  const offset = every === null || every.offset_ms === 0 ? '' : ` + ${formatDuration(every.offset_ms)}`;
  const times = every === null ? cron.join(', ') : `every ${formatDuration(every.every_ms)}${offset}`;
  const facts = [...(mode === null ? [] : [`mode ${mode}`]), ...(paused === true ? ['paused'] : [])];
  return [`${id}: ${times} (${timezone})`, ...facts].join(', ');
}
