import { oneLine } from '../../render/printable.js';
import type { ScheduleItem } from '../../schedules/schedule-item.js';
import type { CliContext } from '../context.js';
import { formatTable } from '../output.js';
import type { ConnectionFlags } from '../runs/connection-options.js';
import { withSession } from '../runs/session.js';
import { horizonWarning } from '../../schedules/horizon-warning.js';
import { clockWords } from './plan-view.js';

const COLUMNS = [
  { title: 'Schedule' },
  { title: 'When' },
  { title: 'State' },
  { title: 'Last start' },
  { title: 'Next start' },
  { title: 'Runs', align: 'right' as const },
];

/** Does what `sluice schedule list` promises. */
export async function printSchedules(
  cli: CliContext,
  { pipeline, ...flags }: ConnectionFlags & { readonly pipeline?: string },
): Promise<void> {
  const schedules = await withSession(cli, { flags }, ({ client }) =>
    client.schedules.list(pipeline === undefined ? {} : { pipeline }),
  );
  if (cli.isJson) return cli.json({ schedules });
  if (schedules.length === 0)
    return cli.note('No schedules. Make those of definitions so with: sluice schedule apply FILE…');
  cli.print(
    formatTable(
      COLUMNS,
      schedules.map((item) => row(cli, item)),
      cli.colours.stdout,
    ),
  );
  for (const item of schedules) {
    const warning = horizonWarning(item, new Date());
    if (warning !== null) cli.note(cli.colours.stderr.yellow(warning));
  }
}

function row(cli: CliContext, item: ScheduleItem): readonly string[] {
  const { timezone, paused, note, recent, next, started_count } = item;
  const state = paused
    ? cli.colours.stdout.yellow(note === null ? 'paused' : `paused: ${oneLine(note)}`)
    : 'on';
  const [last] = recent;
  const [first] = next;
  return [
    oneLine(item.id),
    oneLine(item.times.join(', ')),
    state,
    last === undefined ? '' : clockWords(last.started_at, timezone),
    first === undefined || paused ? '' : clockWords(first, timezone),
    String(started_count),
  ];
}
