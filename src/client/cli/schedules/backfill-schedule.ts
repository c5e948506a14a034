import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseMoment } from '../../../definition/schedules/parse-moment.js';
import type { OverlapPolicy } from '../../../engine/schedule-plan.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';
import type { ConnectionFlags } from '../runs/connection-options.js';
import { withSession } from '../runs/session.js';
import { clockWords, utcWords } from './plan-view.js';

export type ScheduleBackfillFlags = ConnectionFlags & {
  readonly from: string;
  readonly to: string;
  readonly overlap?: OverlapPolicy;
  readonly step?: string;
  readonly maxParallel?: number;
};

/** `sluice schedule backfill`: of a schedule by its ID, and of a definition as `sluice backfill` does it. */
export async function backfillSchedule(
  cli: CliContext,
  name: string,
  flags: ScheduleBackfillFlags,
): Promise<void> {
  const { step, maxParallel, overlap } = flags;
  if (existsSync(resolve(cli.cwd, name))) {
    if (overlap !== undefined) throw misplaced('--overlap', 'a schedule', 'is of a definition');
    return backfillFile(cli, name, flags);
  }
  if (step !== undefined)
    throw misplaced('--step', 'a definition', 'is of a schedule, which has its own times');
  if (maxParallel !== undefined) throw misplaced('--max-parallel', 'a definition', 'is of a schedule');
  await backfillById(cli, name, flags);
}

async function backfillFile(
  cli: CliContext,
  file: string,
  { step = '1d', maxParallel = 1, ...flags }: ScheduleBackfillFlags,
): Promise<void> {
  const { runBackfill } = await import('../backfill/run-backfill.js');
  const rest = { timezone: 'UTC', order: 'oldest', only: 'missing', input: [] } as const;
  await runBackfill(cli, file, { ...flags, ...rest, step, maxParallel });
}

async function backfillById(
  cli: CliContext,
  id: string,
  { from: first, to: last, overlap, ...flags }: ScheduleBackfillFlags,
): Promise<void> {
  await withSession(cli, { flags }, async ({ client }) => {
    const item = await client.schedules.describe(id);
    const from = moment('--from', first, item.timezone, 'start');
    const to = moment('--to', last, item.timezone, 'end');
    if (to < from) throw new UsageError(`--to (${last}) is before --from (${first}).`);
    const span = { from, to, ...(overlap === undefined ? {} : { overlap }) };
    const times = (await client.schedules.backfill(item.id, span)).map((time) => time.toISOString());
    if (cli.isJson) return cli.json({ schedule: item.id, times });
    for (const at of times) cli.print(`${clockWords(at, item.timezone)}  ${utcWords(at)} UTC`);
    if (times.length === 0) {
      return cli.note(`"${item.id}" has no times from ${first} to ${last}; nothing is started.`);
    }
    const runs = times.length === 1 ? 'a run' : `${times.length} runs`;
    cli.note(`"${item.id}" starts ${runs}. See them with: sluice list --pipeline ${item.pipeline}`);
  });
}

function misplaced(option: string, owner: string, actual: string): UsageError {
  return new UsageError(`${option} goes only with the backfill of ${owner}; this one ${actual}.`);
}

function moment(option: string, text: string, timezone: string, which: 'start' | 'end'): Date {
  const found = parseMoment(text, timezone, which);
  if (found !== null) return new Date(found);
  throw new UsageError(`${option} must be a date or a moment, got \`${text}\`.`, {
    hint: `Such as 2026-11-01, 2026-11-01T19:00 (on the clock of ${timezone}) or 2026-11-01T19:00:00Z.`,
  });
}
