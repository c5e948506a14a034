import { dueTimes } from './due-times.js';
import type { PlannedSchedule } from './plan-schedules.js';
import type { WantedSchedule } from './wanted-schedule.js';

/**
 * - `foreign`: somebody else made a schedule with this ID; it is not touched.
 * - `twice`: two of the definitions have a schedule with this ID.
 * - `never`: it starts nothing any more.
 * - `group`: schedules of one concurrency group start runs at the same moment.
 */
export type ConflictKind = 'foreign' | 'twice' | 'never' | 'group';

export type ScheduleConflict = {
  readonly kind: ConflictKind;
  /** Nothing is applied as long as there is an error. */
  readonly severity: 'error' | 'warning';
  readonly schedules: readonly string[];
  readonly message: string;
};

/** How far ahead moments are compared. */
const LOOK_AHEAD_MS = 62 * 86_400_000;
const MOST_COMPARED = 2_000;

/** What is wrong with schedules beside each other and beside those on the server. */
export function scheduleConflicts(
  planned: readonly PlannedSchedule[],
  now: Date,
): readonly ScheduleConflict[] {
  const wanted = planned.flatMap((one) => one.wanted ?? []);
  return [
    ...planned.filter(({ action }) => action === 'refuse').map(foreign),
    ...repeated(wanted.map(({ id }) => id)).map(twice),
    ...planned.filter(isNever).map(never),
    ...groupConflicts(wanted, now),
  ];
}

function isNever({ wanted, next }: PlannedSchedule): boolean {
  return wanted !== null && next.every(({ closed }) => closed !== null);
}

function foreign({ id }: PlannedSchedule): ScheduleConflict {
  const message = `"${id}" was not made by Sluice, so it is not touched; delete it, or give the schedule another \`id\``;
  return { kind: 'foreign', severity: 'error', schedules: [id], message };
}

function twice(id: string): ScheduleConflict {
  const message = `"${id}" stands in two of the definitions; pipelines need names of their own`;
  return { kind: 'twice', severity: 'error', schedules: [id], message };
}

function never({ id, wanted }: PlannedSchedule): ScheduleConflict {
  const end = wanted?.plan.end ?? null;
  const why = end === null ? 'no time fits it' : `no time fits it before its end (${end})`;
  return { kind: 'never', severity: 'warning', schedules: [id], message: `"${id}" starts nothing: ${why}` };
}

function repeated(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))];
}

function groupConflicts(wanted: readonly WantedSchedule[], now: Date): readonly ScheduleConflict[] {
  const groups = new Map<string, WantedSchedule[]>();
  for (const one of wanted) {
    if (one.concurrency === null) continue;
    const { group } = one.concurrency;
    groups.set(group, [...(groups.get(group) ?? []), one]);
  }
  return [...groups].flatMap(([group, members]) => {
    if (members.length < 2) return [];
    const [first] = sharedMoments(members, now);
    return first === undefined ? [] : [groupConflict(group, first.ids, first.at)];
  });
}

type Shared = { readonly at: number; readonly ids: readonly string[] };

/** Moments at which more than one of these starts a run, the first one first. */
function sharedMoments(members: readonly WantedSchedule[], now: Date): readonly Shared[] {
  const at = new Map<number, string[]>();
  const until = new Date(now.getTime() + LOOK_AHEAD_MS);
  for (const { id, times } of members) {
    for (const due of dueTimes(times, { after: now, count: MOST_COMPARED, until })) {
      if (due.closed !== null) continue;
      const moment = due.at.getTime();
      at.set(moment, [...(at.get(moment) ?? []), id]);
    }
  }
  return [...at]
    .filter(([, ids]) => ids.length > 1)
    .map(([moment, ids]) => ({ at: moment, ids }))
    .toSorted((a, b) => a.at - b.at);
}

function groupConflict(group: string, ids: readonly string[], at: number): ScheduleConflict {
  const names = ids.map((id) => `"${id}"`).join(' and ');
  const when = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return {
    kind: 'group',
    severity: 'warning',
    schedules: ids,
    message: `${names} start runs of the concurrency group "${group}" at the same moment, first on ${when} UTC; which of them goes first is chance`,
  };
}
