import { Client, type Connection } from '@temporalio/client';
import { horizonWarning } from '../schedules/horizon-warning.js';
import { Schedules } from '../schedules/schedules.js';
import { fine, warning } from './finding.js';
import type { Finding } from './finding.js';

const CHECK = 'schedules';

/** Schedules whose holidays and changes of the clock are known for a short time only. Nothing where none can be seen. */
export async function checkSchedules(
  connection: Connection,
  namespace: string,
  now = new Date(),
): Promise<readonly Finding[]> {
  try {
    const client = new Client({ connection, namespace });
    const schedules = await new Schedules({ client, taskQueue: '' }).list();
    const warnings = schedules.flatMap((schedule) => horizonWarning(schedule, now) ?? []);
    if (warnings.length === 0) {
      const days = schedules.flatMap(({ computed_until }) => computed_until ?? []).toSorted();
      const until = days[0] === undefined ? '' : `; the holidays that they skip are known until ${days[0]}`;
      return schedules.length === 0 ? [] : [fine(CHECK, `${words(schedules.length)} of Sluice${until}.`)];
    }
    return warnings.map((message) => warning(CHECK, message, 'Run: sluice schedule apply FILE…'));
  } catch {
    // What keeps it from being seen is told by the check of the server.
    return [];
  }
}

function words(count: number): string {
  return count === 1 ? '1 schedule' : `${count} schedules`;
}
