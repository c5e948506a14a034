import { isDeepStrictEqual } from 'node:util';
import type { CalendarSpec, ScheduleDescription, ScheduleSpec } from '@temporalio/client';
import { type SearchAttributePair, TypedSearchAttributes } from '@temporalio/common';
import type { RunInput } from '../../engine/run-input.js';
import type { WantedSchedule } from './wanted-schedule.js';

/**
 * What of a schedule differs from its definition:
 * - `times`: when it starts runs, holidays included.
 * - `policies`: overlap, catch-up window, pause on failure.
 * - `definition`, `inputs`, `mode`: what its runs do.
 * - `start`: the rest of how they are started, such as the task queue and labels.
 * - `paused`, `note`: as the definition says them.
 */
export type ScheduleChange =
  'times' | 'policies' | 'definition' | 'inputs' | 'mode' | 'start' | 'paused' | 'note';

/** All that applying the definition would change. */
export function scheduleChanges(
  current: ScheduleDescription,
  wanted: WantedSchedule,
): readonly ScheduleChange[] {
  const before = (current.action.args?.[0] ?? {}) as Partial<RunInput>;
  const [after] = wanted.action.args;
  const checks: ReadonlyArray<readonly [ScheduleChange, boolean]> = [
    ['times', isDeepStrictEqual(canonical(current.spec), canonical(wanted.spec))],
    ['policies', isDeepStrictEqual({ ...current.policies }, { ...wanted.policies })],
    ['definition', isSame(definitionOf(before), definitionOf(after))],
    ['inputs', isSame(before.inputs, after.inputs)],
    ['mode', (before.mode ?? null) === after.mode],
    ['start', isSame(startOf(current.action), startOf(wanted.action))],
    ['paused', wanted.plan.paused === null || current.state.paused === wanted.plan.paused],
    ['note', isNoteKept(current, wanted)],
  ];
  return checks.filter(([, isEqual]) => !isEqual).map(([change]) => change);
}

/** The note of who paused it stays where the definition leaves it to people whether it is paused. */
export function isNoteKept({ state }: ScheduleDescription, { plan }: WantedSchedule): boolean {
  if (plan.note === null || (state.paused && plan.paused === null)) return true;
  return (state.note ?? '') === plan.note;
}

function definitionOf({ inputs: _inputs, mode: _mode, ...rest }: Partial<RunInput>): Partial<RunInput> {
  return rest;
}

type AnyAction = Pick<
  ScheduleDescription['action'],
  'workflowId' | 'workflowType' | 'taskQueue' | 'memo' | 'priority' | 'typedSearchAttributes'
>;

function startOf(action: AnyAction | WantedSchedule['action']): unknown {
  const { workflowId, workflowType, taskQueue, memo, priority, typedSearchAttributes } = action as AnyAction;
  const attributes = pairsOf(typedSearchAttributes).map(({ key, value }) => [key.name, value]);
  return {
    workflowId,
    workflowType,
    taskQueue,
    memo: memo ?? {},
    priority: [priority?.priorityKey ?? 0, priority?.fairnessKey ?? '', priority?.fairnessWeight ?? 0],
    attributes: attributes.toSorted(([a], [b]) => String(a).localeCompare(String(b))),
  };
}

function pairsOf(attributes: AnyAction['typedSearchAttributes']): readonly SearchAttributePair[] {
  if (attributes === undefined) return [];
  return attributes instanceof TypedSearchAttributes ? attributes.getAll() : attributes;
}

/** As both would stand in JSON, which is what the server keeps. */
function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(plain(a), plain(b));
}

function plain(value: unknown): unknown {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown);
}

/** A specification without the ways in which the same can be said twice. */
function canonical(spec: ScheduleSpec): unknown {
  return {
    calendars: (spec.calendars ?? []).map(fields).toSorted(byText),
    skip: (spec.skip ?? []).map(fields).toSorted(byText),
    intervals: (spec.intervals ?? [])
      .map(({ every, offset }) => `${Number(every)}+${Number(offset ?? 0)}`)
      .toSorted(byText),
    start: spec.startAt?.getTime() ?? null,
    end: spec.endAt?.getTime() ?? null,
    jitter: Number(spec.jitter ?? 0),
    timezone: spec.timezone === undefined || spec.timezone === '' ? 'UTC' : spec.timezone,
  };
}

function byText(a: string, b: string): number {
  return a.localeCompare(b);
}

const FIELDS = [
  ['second', '0'],
  ['minute', '0'],
  ['hour', '0'],
  ['dayOfMonth', '*'],
  ['month', '*'],
  ['year', '*'],
  ['dayOfWeek', '*'],
] as const;

const WHOLE: Readonly<Record<string, string>> = {
  second: '0-59/1',
  minute: '0-59/1',
  hour: '0-23/1',
  dayOfMonth: '1-31/1',
  month: 'JANUARY-DECEMBER/1',
  year: '',
  dayOfWeek: 'SUNDAY-SATURDAY/1',
};

function fields(calendar: CalendarSpec): string {
  return FIELDS.map(([name, fallback]) => {
    const text = fieldText(calendar[name]) ?? fallback;
    return text === WHOLE[name] ? '*' : text;
  }).join(' ');
}

type Range = { readonly start: unknown; readonly end?: unknown; readonly step?: number };

function fieldText(value: CalendarSpec[keyof CalendarSpec]): string | null {
  if (value === undefined) return null;
  if (value === '*') return '*';
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => rangeText(item)).join();
}

function rangeText(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item);
  const { start, end = start, step = 1 } = item as Range;
  return start === end ? String(start) : `${String(start)}-${String(end)}/${step}`;
}
