import type { OverlapPolicy } from '../../../engine/schedule-plan.js';
import type { ScheduleItem } from '../../schedules/schedule-item.js';
import type { Schedules } from '../../schedules/schedules.js';
import type { CliContext } from '../context.js';
import type { ConnectionFlags } from '../runs/connection-options.js';
import { withSession } from '../runs/session.js';
import { whoIs } from '../who.js';
import { clockWords } from './plan-view.js';

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
