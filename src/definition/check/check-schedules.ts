import { inputViolations } from '../../engine/check-inputs.js';
import { formatDuration } from '../../shared/format-duration.js';
import { parseDuration } from '../../shared/duration.js';
import type { Draft } from '../draft.js';
import { asList } from '../plan/build-schedules.js';
import { buildInput } from '../plan/build-input.js';
import type { ProblemCode } from '../problem-codes.js';
import type { Path, Reporter, Suggestion } from '../reporter.js';
import { parseCron } from '../schedules/parse-cron.js';
import { parseMoment } from '../schedules/parse-moment.js';
import { isTimezone, timezoneNames } from '../schedules/timezones.js';
import type { ScheduleDefinition } from '../schema/schedule-schema.js';
import { listNames, suggest } from '../suggest.js';
import { checkSkip } from './check-skip.js';

/** The server keeps no shorter one. */
const SHORTEST_CATCHUP_MS = 10_000;

/** Reports something about one schedule: where in it, what, and what was probably meant. */
export type ReportSchedule = (
  code: ProblemCode,
  path: Path,
  message: string,
  more?: { readonly key?: boolean; readonly suggestion?: Suggestion },
) => void;

/** Checks what the schema cannot say about schedules. */
export function checkSchedules(draft: Draft, reporter: Reporter): void {
  const seen = new Set<string>();
  for (const [i, schedule] of (draft.header.schedules ?? []).entries()) {
    const report: ReportSchedule = (code, path, message, more = {}) => {
      const place = ['schedules', i, ...path];
      reporter.report({ code, path: place, message: `schedule "${schedule.id}" ${message}`, ...more });
    };
    if (seen.has(schedule.id)) report('duplicate-id', ['id'], 'stands here twice; give each its own `id`');
    seen.add(schedule.id);
    checkTimes(schedule, report);
    checkBounds(schedule, report);
    checkMode(schedule, draft, report);
    checkInputs(schedule, draft, report);
    if (schedule.skip !== undefined) checkSkip(schedule.skip, report);
  }
}

function checkTimes(schedule: ScheduleDefinition, report: ReportSchedule): void {
  const { cron, every, offset } = schedule;
  if ((cron === undefined) === (every === undefined)) {
    const which = cron === undefined ? 'neither' : 'both';
    report('bad-schedule', [], `must say \`cron\` or \`every\`, and says ${which}`);
  }
  for (const [j, text] of asList(cron).entries()) {
    const parsed = parseCron(text);
    if (!('fault' in parsed)) continue;
    report(
      'bad-cron',
      typeof cron === 'string' ? ['cron'] : ['cron', j],
      `has a cron expression, "${text}", that ${parsed.fault}`,
    );
  }
  const everyMs = every === undefined ? null : parseDuration(every);
  if (everyMs !== null && (everyMs < 1000 || everyMs % 1000 !== 0)) {
    report(
      'bad-schedule',
      ['every'],
      `must start runs in whole seconds, not every ${formatDuration(everyMs)}`,
    );
  }
  if (offset === undefined) return;
  const offsetMs = parseDuration(offset);
  if (every === undefined) {
    report('bad-schedule', ['offset'], 'has an `offset`, which goes only with `every`', { key: true });
  } else if (everyMs !== null && offsetMs !== null && offsetMs >= everyMs) {
    report('bad-schedule', ['offset'], `has an \`offset\` that is not shorter than \`every\` (${every})`);
  }
}

function checkBounds(schedule: ScheduleDefinition, report: ReportSchedule): void {
  const { timezone = 'UTC', catchup_window } = schedule;
  const catchup = catchup_window === undefined ? null : parseDuration(catchup_window);
  if (catchup !== null && catchup < SHORTEST_CATCHUP_MS) {
    const least = formatDuration(SHORTEST_CATCHUP_MS);
    report(
      'bad-schedule',
      ['catchup_window'],
      `has a \`catchup_window\` of ${catchup_window}; it must be at least ${least}`,
    );
  }
  if (!isTimezone(timezone)) {
    const names = timezoneNames();
    const message = `has the time zone "${timezone}", which does not exist; give an IANA name such as Europe/Berlin`;
    return report('unknown-timezone', ['timezone'], message, { suggestion: () => suggest(timezone, names) });
  }
  const start = checkMoment('start', schedule.start, timezone, report);
  const end = checkMoment('end', schedule.end, timezone, report);
  if (start !== null && end !== null && end < start) {
    report('bad-schedule', ['end'], `ends (${schedule.end}) before it starts (${schedule.start})`);
  }
}

function checkMoment(
  which: 'start' | 'end',
  text: string | undefined,
  timezone: string,
  report: ReportSchedule,
): string | null {
  if (text === undefined) return null;
  const moment = parseMoment(text, timezone, which);
  if (moment === null) {
    const forms = '2026-12-01, 2026-12-01T19:00 or 2026-12-01T19:00:00Z';
    report('wrong-value', [which], `has a \`${which}\`, \`${text}\`, that is no moment; write ${forms}`);
  }
  return moment;
}

function checkMode({ mode }: ScheduleDefinition, { header }: Draft, report: ReportSchedule): void {
  const modes = Object.keys(header.modes ?? {});
  if (mode === undefined || modes.includes(mode)) return;
  const known = modes.length === 0 ? 'The pipeline has no modes.' : `Modes: ${listNames(modes)}.`;
  const message = `runs the mode "${mode}", which does not exist. ${known}`;
  report('unknown-mode', ['mode'], message, { suggestion: () => suggest(mode, modes) });
}

function checkInputs({ inputs = {} }: ScheduleDefinition, { header }: Draft, report: ReportSchedule): void {
  const declared = header.inputs ?? {};
  const names = Object.keys(declared);
  for (const [name, value] of Object.entries(inputs)) {
    const input = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (input === undefined) {
      const message = `gives \`${name}\`, which is not an input of the pipeline. Inputs: ${listNames(names)}.`;
      report('bad-params', ['inputs', name], message, { key: true, suggestion: () => suggest(name, names) });
      continue;
    }
    for (const violation of inputViolations(buildInput(input), value))
      report('bad-params', ['inputs', name], `gives an input that does not fit: \`${name}\` ${violation}`);
  }
  for (const [name, { required, default: value }] of Object.entries(declared)) {
    if (required !== true || value !== undefined || Object.hasOwn(inputs, name)) continue;
    report('bad-params', [], `must give the required input "${name}" in \`inputs\``);
  }
}
