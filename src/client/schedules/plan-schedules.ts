import type { Client, ScheduleDescription } from '@temporalio/client';
import type { Plan } from '../../engine/plan.js';
import type { DueTime } from './due-times.js';
import { dueTimes } from './due-times.js';
import { describeOwned, ownedSchedules } from './owned-schedules.js';
import { type ScheduleChange, scheduleChanges } from './schedule-changes.js';
import { type ScheduleConflict, scheduleConflicts } from './schedule-conflicts.js';
import { type WantedSchedule, wantedSchedules, type WantedSettings } from './wanted-schedule.js';

/**
 * What applying definitions does to one schedule:
 * - `create`: there is none with its ID.
 * - `update`: it differs; `changes` says in what.
 * - `unchanged`: nothing.
 * - `delete`: the definition no longer has it.
 * - `refuse`: there is one with its ID that somebody else made.
 * - `unknown`: no server was asked.
 */
export type ScheduleAction = 'create' | 'update' | 'unchanged' | 'delete' | 'refuse' | 'unknown';

export type PlannedSchedule = {
  readonly id: string;
  readonly pipeline: string;
  readonly action: ScheduleAction;
  readonly changes: readonly ScheduleChange[];
  /** As it stands on the server; null where there is none, or no server was asked. */
  readonly paused: boolean | null;
  /** Null for one that is deleted. */
  readonly wanted: WantedSchedule | null;
  /** The next times, with those on closed days between them. Empty for one that is deleted. */
  readonly next: readonly DueTime[];
};

/** What applying definitions would do; nothing is changed by making it. */
export type SchedulesPlan = {
  readonly schedules: readonly PlannedSchedule[];
  readonly conflicts: readonly ScheduleConflict[];
};

export type PlanSchedulesOptions = WantedSettings & {
  /** How many next times to compute. @default 5 */
  readonly next?: number;
  readonly now?: Date;
};

/** Compares the schedules of definitions with those on the server; with no client nothing is asked. */
export async function planSchedules(
  client: Client | null,
  plans: readonly Plan[],
  { next = 5, now = new Date(), ...settings }: PlanSchedulesOptions,
): Promise<SchedulesPlan> {
  const wanted: WantedSchedule[] = [];
  for (const plan of plans) wanted.push(...(await wantedSchedules(plan, settings, now)));
  const compared = await Promise.all(
    wanted.map(async (one): Promise<PlannedSchedule> => {
      const found = client === null ? undefined : await describeWhole(client, one.id);
      const due = dueTimes(one.times, { after: now, count: next });
      return { id: one.id, pipeline: one.pipeline, wanted: one, next: due, ...actionFor(one, found) };
    }),
  );
  const removed = client === null ? [] : await removedSchedules(client, plans, wanted);
  const schedules = [...compared, ...removed];
  return { schedules, conflicts: scheduleConflicts(schedules, now) };
}

/** With the input of its runs, where that can be read: without it the definition counts as another one. */
async function describeWhole(client: Client, id: string): ReturnType<typeof describeOwned> {
  const found = await describeOwned(client, id);
  if (found === null || found === 'foreign') return found;
  try {
    return await client.schedule.getHandle(id).describe();
  } catch {
    return found;
  }
}

function actionFor(
  wanted: WantedSchedule,
  found: ScheduleDescription | 'foreign' | null | undefined,
): Pick<PlannedSchedule, 'action' | 'changes' | 'paused'> {
  if (found === undefined) return { action: 'unknown', changes: [], paused: null };
  if (found === 'foreign') return { action: 'refuse', changes: [], paused: null };
  if (found === null) return { action: 'create', changes: [], paused: null };
  const changes = scheduleChanges(found, wanted);
  return { action: changes.length === 0 ? 'unchanged' : 'update', changes, paused: found.state.paused };
}

/** Those that Sluice made for one of these pipelines and that its definition no longer has. */
async function removedSchedules(
  client: Client,
  plans: readonly Plan[],
  wanted: readonly WantedSchedule[],
): Promise<readonly PlannedSchedule[]> {
  const pipelines = new Set(plans.map(({ pipeline }) => pipeline));
  const kept = new Set(wanted.map(({ id }) => id));
  const removed: PlannedSchedule[] = [];
  for (const [id, { pipeline }] of await ownedSchedules(client)) {
    if (!pipelines.has(pipeline) || kept.has(id)) continue;
    removed.push({ id, pipeline, action: 'delete', changes: [], paused: null, wanted: null, next: [] });
  }
  return removed.toSorted((a, b) => a.id.localeCompare(b.id));
}
