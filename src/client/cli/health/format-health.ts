import type {
  HealthFinding,
  HealthLevel,
  HealthReport,
  PipelineHealth,
} from '../../../engine/health/report.js';
import { percent, roughly } from '../../../engine/health/words.js';
import { oneLine } from '../../render/printable.js';
import { duration, statusColour } from '../../render/wording.js';
import type { Colours } from '../context.js';
import { formatTable } from '../output.js';

const COLUMNS = [
  { title: '' },
  { title: 'Pipeline' },
  { title: 'Last run' },
  { title: 'Ended (UTC)' },
  { title: 'Time', align: 'right' as const },
  { title: 'Average', align: 'right' as const },
  { title: 'Data age', align: 'right' as const },
  { title: 'Errors', align: 'right' as const },
  { title: 'Now' },
  { title: 'Next (UTC)' },
];

/** A table of the pipelines, then what is wrong and what to do, then what is well in one line. */
export function formatHealth(report: HealthReport, colours: Colours): string {
  const rows = report.pipelines.map((pipeline) => rowOf(pipeline, Date.parse(report.at), colours));
  const problems = report.findings.filter(({ level }) => level !== 'ok');
  return [
    ...(rows.length === 0 ? ['No pipelines have run yet.'] : [formatTable(COLUMNS, rows, colours)]),
    '',
    ...problems.flatMap((finding) => linesOfFinding(finding, colours)),
    ...(problems.length === 0 ? [] : ['']),
    summary(report, colours),
  ].join('\n');
}

function rowOf(health: PipelineHealth, now: number, colours: Colours): readonly string[] {
  const { last_run: last } = health;
  return [
    mark(health.level, colours),
    oneLine(health.pipeline),
    last === null ? colours.dim('never') : statusColour(last.status, colours)(last.status.replace('_', ' ')),
    last === null ? '' : minute(last.ended_at),
    last === null ? '' : duration(last.duration_ms),
    health.average_duration_ms === null ? '' : duration(health.average_duration_ms),
    ageOf(health, colours),
    health.error_rate === null ? '' : `${percent(health.error_rate)} of ${health.runs_counted}`,
    nowOf(health),
    nextOf(health, now, colours),
  ];
}

function ageOf(
  { data_age_hours: age, max_age_hours: max, freshness }: PipelineHealth,
  colours: Colours,
): string {
  if (age === null) return freshness === 'unknown' && max !== null ? colours.red('unknown') : '';
  const text = roughly(age * HOUR_MS);
  if (freshness === 'unknown') return text;
  return freshness === 'stale' ? colours.red(`${text}, stale`) : colours.green(text);
}

const HOUR_MS = 3_600_000;

function nowOf({ current, running, awaiting_people: awaiting, overdue }: PipelineHealth): string {
  const parts = [
    current === 'idle' ? current : `${running} ${current}`,
    ...(awaiting === 0 ? [] : [`${awaiting} for people`]),
    ...(overdue.length === 0 ? [] : [`${overdue.length} overdue`]),
  ];
  return parts.join(', ');
}

function nextOf(
  { next_run_at: next, missed_schedules: missed }: PipelineHealth,
  now: number,
  colours: Colours,
): string {
  const time =
    next === null
      ? ''
      : next.slice(0, 10) === new Date(now).toISOString().slice(0, 10)
        ? next.slice(11, 16)
        : minute(next);
  if (missed === 0) return time;
  return `${colours.red(`${missed} missed`)}${time === '' ? '' : `, ${time}`}`;
}

function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** What was found, and what to do. */
export function linesOfFinding(
  { check, subject, level, message, fix }: HealthFinding,
  colours: Colours,
): readonly string[] {
  const about = check === 'gap' ? '' : `${NAMES[check] ?? ''}${colours.bold(oneLine(subject))}: `;
  const lines = message.split('\n').map(oneLine);
  return [
    `${mark(level, colours)} ${about}${lines.join('\n    ')}`,
    ...(fix === null ? [] : [`  ${colours.dim(oneLine(fix))}`]),
  ];
}

/** What a subject is that is no pipeline. */
const NAMES: Readonly<Partial<Record<HealthFinding['check'], string>>> = {
  schedule: 'schedule ',
  task_queue: 'task queue ',
  worker: 'worker ',
  disk: 'worker ',
  memory: 'worker ',
  check: 'check ',
};

function mark(level: HealthLevel, colours: Colours): string {
  return { ok: colours.green('✓'), warn: colours.yellow('!'), fail: colours.red('✗') }[level];
}

function summary({ findings }: HealthReport, colours: Colours): string {
  const count = (level: HealthLevel) => findings.filter((finding) => finding.level === level).length;
  const words = [
    ...(count('fail') === 0 ? [] : [`${count('fail')} wrong`]),
    ...(count('warn') === 0 ? [] : [count('warn') === 1 ? '1 warning' : `${count('warn')} warnings`]),
    `${count('ok')} in order`,
  ];
  const text = `${words.join(', ')}.`;
  return count('fail') > 0
    ? colours.red(text)
    : count('warn') > 0
      ? colours.yellow(text)
      : colours.green(text);
}
