import type { Client, ScheduleDescription } from '@temporalio/client';
import { optionalDateToTs, tsToMs } from '@temporalio/common/lib/time.js';
import type { ScheduleFacts } from '../../engine/health/facts.js';
import { PIPELINE_WORKFLOW } from '../../shared/names.js';

/** The part of a Temporal client that reads schedules. */
export type ScheduleReader = Pick<Client, 'schedule' | 'workflowService' | 'options'>;

const MOST_SCHEDULES = 500;
const AT_ONCE = 5;

/** How far back times are looked for that passed without a run. */
const LOOK_BACK_MS = 7 * 86_400_000;

/**
 * Schedules that start pipelines, whoever made them, and what they missed: times of theirs that passed since the last
 * run without another one. The server computes the times, so that it knows best about time zones and calendars.
 */
export async function readSchedules(
  client: ScheduleReader,
  { now, graceMs }: { readonly now: Date; readonly graceMs: number },
): Promise<{ readonly schedules: readonly ScheduleFacts[]; readonly gaps: readonly string[] }> {
  const ids: string[] = [];
  const schedules: ScheduleFacts[] = [];
  const gaps: string[] = [];
  try {
    for await (const { scheduleId, action } of client.schedule.list({ pageSize: 100 })) {
      if (action === undefined || action.workflowType === PIPELINE_WORKFLOW) ids.push(scheduleId);
      if (ids.length >= MOST_SCHEDULES) break;
    }
  } catch (error) {
    gaps.push(`Schedules could not be listed: ${wordsOf(error)}`);
  }
  const read = async (id: string): Promise<void> => {
    try {
      const facts = await readSchedule(client, id, { now, graceMs });
      if (facts !== null) schedules.push(facts);
    } catch (error) {
      // Others may have made it in a way that this client does not understand.
      gaps.push(`Schedule "${id}" could not be looked at: ${wordsOf(error)}`);
    }
  };
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const some = ids.slice(start, start + AT_ONCE);
    // oxlint-disable-next-line no-await-in-loop
    await Promise.all(some.map(read));
  }
  return { schedules: schedules.toSorted((a, b) => a.schedule.localeCompare(b.schedule)), gaps };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Null for one that was deleted meanwhile, or that starts something else. */
async function readSchedule(
  client: ScheduleReader,
  id: string,
  { now, graceMs }: { readonly now: Date; readonly graceMs: number },
): Promise<ScheduleFacts | null> {
  let described: ScheduleDescription;
  try {
    described = await client.schedule.getHandle(id).describe();
  } catch (error) {
    if (error instanceof Error && error.name === 'ScheduleNotFoundError') return null;
    throw error;
  }
  const { info, state, action } = described;
  if (action.workflowType !== PIPELINE_WORKFLOW) return null;
  const last = info.recentActions.at(-1)?.takenAt ?? null;
  const since = last ?? info.lastUpdatedAt ?? info.createdAt;
  const from = new Date(Math.max(since.getTime(), now.getTime() - LOOK_BACK_MS));
  const until = new Date(now.getTime() - graceMs);
  return {
    schedule: id,
    pipeline: pipelineOf(described),
    is_paused: state.paused,
    note: state.note ?? null,
    last_at: last?.toISOString() ?? null,
    next_at: info.nextActionTimes[0]?.toISOString() ?? null,
    missed: state.paused || until <= from ? [] : await timesBetween(client, id, from, until),
    is_running: info.runningActions.length > 0,
  };
}

/** The times at which a schedule is due, by its server; without the first moment, at which it started a run. */
async function timesBetween(
  client: ScheduleReader,
  scheduleId: string,
  from: Date,
  until: Date,
): Promise<readonly string[]> {
  const { namespace } = client.options;
  const { startTime } = await client.workflowService.listScheduleMatchingTimes({
    namespace,
    scheduleId,
    startTime: optionalDateToTs(from) ?? null,
    endTime: optionalDateToTs(until) ?? null,
  });
  return startTime
    .map(tsToMs)
    .filter((ms) => ms > from.getTime())
    .map((ms) => new Date(ms).toISOString());
}

/** By the ID of the runs that it starts, which begins with the pipeline's name. */
function pipelineOf({ action, memo }: ScheduleDescription): string | null {
  const named = memo?.['pipeline'];
  if (typeof named === 'string') return named;
  const [name = '', ...rest] = action.workflowId.split('/');
  return rest.length === 0 || name === '' ? null : name;
}
