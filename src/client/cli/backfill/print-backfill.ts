import type { PartitionRow } from '../../../engine/backfill-rows.js';
import type { BackfillStatus } from '../../backfill/backfill-handle.js';
import { oneLine } from '../../render/printable.js';
import { duration, errorWords } from '../../render/wording.js';
import type { CliContext, Colours } from '../context.js';
import { formatTable } from '../output.js';
import { countWords, partitionColour } from './progress-line.js';

const COLUMNS = [
  { title: 'Partition' },
  { title: 'Status' },
  { title: 'Time', align: 'right' as const },
  { title: 'Run' },
  { title: '' },
];

/** Prints how a backfill stands, with its table; `onlyNotable` leaves out partitions that are as they should be. */
export function printBackfill(
  cli: CliContext,
  status: BackfillStatus,
  options: { readonly onlyNotable?: boolean } = {},
): void {
  if (cli.isJson) return cli.json(status);
  const colours = cli.colours.stdout;
  const say = (text: string): void => (options.onlyNotable === true ? cli.note(text) : cli.print(text));
  const rows = status.partitions.filter((row) => options.onlyNotable !== true || isNotable(row));
  if (rows.length > 0)
    say(
      `${formatTable(
        COLUMNS,
        rows.map((row) => cellsOf(row, colours)),
        colours,
      )}\n`,
    );
  for (const note of status.notes) say(colours.yellow(`! ${oneLine(note)}`));
  say(headOf(status, colours));
}

function headOf(status: BackfillStatus, colours: Colours): string {
  const { backfill_id, started_at, ended_at, eta_ms, paused } = status;
  const end = ended_at === null ? Date.now() : Date.parse(ended_at);
  const words = paused !== null && ended_at === null ? 'paused' : status.status;
  const took = `${ended_at === null ? 'for' : 'in'} ${duration(end - Date.parse(started_at))}`;
  const left = eta_ms === null ? '' : `, about ${duration(eta_ms)} left`;
  return `${colours.bold(oneLine(backfill_id))}  ${words} ${took}${left}: ${countWords(status, colours)}`;
}

function isNotable({ status }: PartitionRow): boolean {
  return status === 'failed' || status === 'timed_out' || status === 'cancelled';
}

function cellsOf(row: PartitionRow, colours: Colours): readonly string[] {
  const { key, status, duration_ms, workflow_id, run_id, error, started_at } = row;
  const live = started_at !== null && duration_ms === null ? Date.now() - Date.parse(started_at) : null;
  const ms = duration_ms ?? live;
  return [
    key,
    partitionColour(status, colours)(status.replaceAll('_', ' ')),
    ms === null ? '' : duration(ms),
    run_id === null ? '' : oneLine(workflow_id),
    error === null ? '' : errorWords(error),
  ];
}
