import type { Client } from '@temporalio/client';
import type { MonitorFacts } from '../../engine/health/facts.js';
import { MONITOR_SCHEDULE } from '../../shared/names.js';

/** How the schedule of the monitor does; null when there is none. */
export async function readMonitor(client: Pick<Client, 'schedule'>): Promise<MonitorFacts | null> {
  try {
    const { spec, state, info } = await client.schedule.getHandle(MONITOR_SCHEDULE).describe();
    return {
      is_paused: state.paused,
      every_ms: spec.intervals?.[0]?.every ?? null,
      last_at: info.recentActions.at(-1)?.takenAt.toISOString() ?? null,
    };
  } catch (error) {
    if (error instanceof Error && error.name === 'ScheduleNotFoundError') return null;
    throw error;
  }
}
