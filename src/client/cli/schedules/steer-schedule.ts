import { parseMoment } from '../../../definition/schedules/parse-moment.js';
import type { OverlapPolicy } from '../../../engine/schedule-plan.js';
import type { ScheduleItem } from '../../schedules/schedule-item.js';
import type { Schedules } from '../../schedules/schedules.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';
import type { ConnectionFlags } from '../runs/connection-options.js';
import { withSession } from '../runs/session.js';
import { whoIs } from '../who.js';
import { clockWords, utcWords } from './plan-view.js';

type NoteFlags = ConnectionFlags & { readonly note?: string };
type OverlapFlags = ConnectionFlags & { readonly overlap?: OverlapPolicy };

/** `sluice schedule pause`. */
export async function pauseSchedule(cli: CliContext, id: string, flags: NoteFlags): Promise<void> {
  const note = flags.note ?? `paused by ${whoIs(cli, undefined)}`;
  await steer(
    cli,
    flags,
    (schedules) => schedules.pause(id, note),
    (item) => `"${item.id}" is paused: ${note}`,
  );
}

/** `sluice schedule unpause`. */
export async function unpauseSchedule(cli: CliContext, id: string, flags: NoteFlags): Promise<void> {
  const note = flags.note ?? `unpaused by ${whoIs(cli, undefined)}`;
  await steer(
    cli,
    flags,
    (schedules) => schedules.unpause(id, note),
    (item) => `"${item.id}" is on. ${next(item)}`,
  );
}

/** `sluice schedule trigger`. */
export async function triggerSchedule(cli: CliContext, id: string, flags: OverlapFlags): Promise<void> {
  await steer(
    cli,
    flags,
    (schedules) => schedules.trigger(id, flags.overlap),
    (item) => `"${item.id}" starts a run now. See it with: sluice list --pipeline ${item.pipeline}`,
  );
}

/** `sluice schedule delete`. */
export async function deleteSchedule(cli: CliContext, id: string, flags: ConnectionFlags): Promise<void> {
  await steer(
    cli,
    flags,
    (schedules) => schedules.delete(id),
    (item) => `"${item.id}" is deleted.`,
  );
}

/** `sluice schedule backfill`. */
export async function backfillSchedule(
  cli: CliContext,
  id: string,
  flags: OverlapFlags & { readonly from: string; readonly to: string },
): Promise<void> {
  await withSession(cli, { flags }, async ({ client }) => {
    const item = await client.schedules.describe(id);
    const from = moment('--from', flags.from, item.timezone, 'start');
    const to = moment('--to', flags.to, item.timezone, 'end');
    if (to < from) throw new UsageError(`--to (${flags.to}) is before --from (${flags.from}).`);
    const { overlap } = flags;
    const times = await client.schedules.backfill(item.id, {
      from,
      to,
      ...(overlap === undefined ? {} : { overlap }),
    });
    const started = times.map((time) => time.toISOString());
    if (cli.isJson) return cli.json({ schedule: item.id, times: started });
    for (const at of started) cli.print(`${clockWords(at, item.timezone)}  ${utcWords(at)} UTC`);
    cli.note(
      started.length === 0
        ? `"${item.id}" has no times from ${flags.from} to ${flags.to}; nothing is started.`
        : `"${item.id}" starts ${started.length === 1 ? 'a run' : `${started.length} runs`}. See them with: sluice list --pipeline ${item.pipeline}`,
    );
  });
}

async function steer(
  cli: CliContext,
  flags: ConnectionFlags,
  change: (schedules: Schedules) => Promise<ScheduleItem>,
  words: (item: ScheduleItem) => string,
): Promise<void> {
  const item = await withSession(cli, { flags }, ({ client }) => change(client.schedules));
  if (cli.isJson) cli.json(item);
  else cli.note(words(item));
}

function next({ next: [first], timezone }: ScheduleItem): string {
  return first === undefined ? 'It starts nothing any more.' : `Next start: ${clockWords(first, timezone)}.`;
}

function moment(option: string, text: string, timezone: string, which: 'start' | 'end'): Date {
  const found = parseMoment(text, timezone, which);
  if (found !== null) return new Date(found);
  throw new UsageError(`${option} must be a date or a moment, got \`${text}\`.`, {
    hint: `Such as 2026-11-01, 2026-11-01T19:00 (on the clock of ${timezone}) or 2026-11-01T19:00:00Z.`,
  });
}
