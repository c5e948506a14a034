import { type Command, InvalidArgumentError, Option } from 'commander';
import type { HistoryFilter } from '../../history/read-runs.js';
import { LISTED_STATUSES } from '../../listed-statuses.js';
import type { ListedStatus } from '../../run-list.js';
import { UsageError } from '../errors.js';
import { wholeNumber } from '../number-option.js';
import type { ConnectionFlags } from '../runs/connection-options.js';

/** The flags that say which past runs are meant. */
export type HistoryFlags = ConnectionFlags & {
  readonly pipeline?: string;
  readonly status?: ListedStatus;
  readonly days?: number;
  readonly from?: Date;
  readonly to?: Date;
  readonly limit?: number;
};

const DAY_MS = 86_400_000;

/** Adds the flags of {@link HistoryFlags}; `days` and `limit` say what happens without them. */
export function addHistoryOptions(
  command: Command,
  defaults: { readonly days: number | null; readonly limit: number },
): Command {
  const days = defaults.days === null ? '' : ` (default: ${defaults.days}, without --from)`;
  return command
    .argument('[pipeline]', 'only runs of this pipeline')
    .option('--pipeline <name>', 'the same')
    .option('--days <n>', `runs that started in the last so many days${days}`, wholeNumber(1, 36_500))
    .option('--from <date>', 'runs that started at this time or later, such as 2026-03-01', startOf)
    .option('--to <date>', 'runs that started before this time; of a date, before its end', endOf)
    .addOption(new Option('--status <status>', 'only runs that stand like this').choices(LISTED_STATUSES))
    .option('--limit <n>', 'at most so many, the latest ones', wholeNumber(1, 100_000), defaults.limit);
}

/** The runs that a command line means. */
export function historyFilter(
  named: string | undefined,
  flags: HistoryFlags,
  defaultDays: number | null,
  now = Date.now(),
): HistoryFilter {
  const { pipeline = named, status, from, to, limit } = flags;
  if (named !== undefined && flags.pipeline !== undefined && named !== flags.pipeline) {
    throw new UsageError(`Two pipelines are named: "${named}" and "${flags.pipeline}".`);
  }
  if (from !== undefined && flags.days !== undefined) {
    throw new UsageError('--days and --from both say where to begin.', { hint: 'Give one of them.' });
  }
  const days = flags.days ?? (from === undefined ? defaultDays : null);
  const end = Math.min(to?.getTime() ?? now, now);
  const start = from ?? (days === null ? undefined : new Date(end - days * DAY_MS));
  if (start !== undefined && to !== undefined && start >= to) {
    throw new UsageError('--from is not before --to.', { hint: 'Nothing lies between them.' });
  }
  return {
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(status === undefined ? {} : { status }),
    ...(start === undefined ? {} : { from: start }),
    ...(to === undefined ? {} : { to }),
    ...(limit === undefined ? {} : { limit }),
  };
}

const ONLY_DATE = /^\d{4}-\d{2}-\d{2}$/;
const WITH_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;

function startOf(text: string): Date {
  const isDate = (ONLY_DATE.test(text) || WITH_TIME.test(text)) && isDay(text.slice(0, 10));
  const time = isDate ? Date.parse(inUtc(text)) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time);
  throw new InvalidArgumentError('Expected a date such as 2026-03-01, or a time such as 2026-03-01T19:00Z.');
}

/** Dates such as 31 February are taken for 3 March otherwise. */
function isDay(date: string): boolean {
  const time = Date.parse(date);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}

/** The last moment of a date, or a time itself. Throws what commander shows as a wrong option. */
export function lastMomentOf(text: string): Date {
  return ONLY_DATE.test(text) ? new Date(endOf(text).getTime() - 1) : startOf(text);
}

function endOf(text: string): Date {
  const start = startOf(text);
  return ONLY_DATE.test(text) ? new Date(start.getTime() + DAY_MS) : start;
}

/** What names no zone is UTC, like every time that Sluice prints. */
function inUtc(text: string): string {
  return ONLY_DATE.test(text) || /(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`;
}
