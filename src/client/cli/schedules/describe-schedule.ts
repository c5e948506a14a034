import { formatDuration } from '../../../shared/format-duration.js';
import { oneLine } from '../../render/printable.js';
import type { ScheduleItem } from '../../schedules/schedule-item.js';
import type { CliContext } from '../context.js';
import { formatTable } from '../output.js';
import type { ConnectionFlags } from '../runs/connection-options.js';
import { withSession } from '../runs/session.js';
import { horizonWarning } from '../../schedules/horizon-warning.js';
import { clockWords, haveSeconds, utcWords } from './plan-view.js';

/** Does what `sluice schedule describe` promises. */
export async function describeSchedule(cli: CliContext, id: string, flags: ConnectionFlags): Promise<void> {
  const item = await withSession(cli, { flags }, ({ client }) => client.schedules.describe(id));
  if (cli.isJson) return cli.json(item);
  const colours = cli.colours.stdout;
  cli.print(colours.bold(oneLine(item.id)));
  const width = Math.max(...facts(item).map(([name]) => name.length));
  for (const [name, value] of facts(item)) cli.print(`${colours.dim(name.padEnd(width))}  ${oneLine(value)}`);
  if (item.recent.length > 0) {
    const rows = item.recent.map((run) => [
      oneLine(run.workflow_id),
      clockWords(run.started_at, item.timezone),
    ]);
    cli.print(`\n${formatTable([{ title: 'Run' }, { title: 'Started' }], rows, colours)}`);
  }
  if (item.next.length > 0) {
    const exact = haveSeconds(item.next);
    const rows = item.next.map((at) => [clockWords(at, item.timezone, exact), utcWords(at, exact)]);
    cli.print(`\n${formatTable([{ title: 'Next' }, { title: 'UTC' }], rows, colours)}`);
  }
  const warning = horizonWarning(item, new Date());
  if (warning !== null) cli.note(cli.colours.stderr.yellow(warning));
}

function facts(item: ScheduleItem): ReadonlyArray<readonly [name: string, value: string]> {
  const counts = `${item.started_count} started, ${item.overlapped_count} left out because one went on, ${item.missed_count} missed`;
  return [
    ['when', `${item.times.join(', ')} (${item.timezone})`],
    ['state', item.paused ? 'paused' : 'on'],
    ...(item.note === null ? [] : [['note', item.note] as const]),
    ...(item.mode === null ? [] : [['mode', item.mode] as const]),
    ['version', item.version ?? 'not known'],
    ['overlap', item.overlap],
    ['catch-up window', formatDuration(item.catchup_window_ms)],
    ...(item.jitter_ms === 0 ? [] : [['jitter', formatDuration(item.jitter_ms)] as const]),
    ...(item.start === null ? [] : [['starts', item.start] as const]),
    ...(item.end === null ? [] : [['ends', item.end] as const]),
    ['pause on failure', item.pause_on_failure ? 'yes' : 'no'],
    ...(item.computed_until === null ? [] : [['days known until', item.computed_until] as const]),
    ['runs', counts],
    ...(item.running.length === 0 ? [] : [['running', item.running.join(', ')] as const]),
  ];
}
