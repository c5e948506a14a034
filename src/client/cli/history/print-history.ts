import type { HistoryItem } from '../../history/history-item.js';
import { numberWords } from '../../history/number-words.js';
import { oneLine } from '../../render/printable.js';
import { duration, errorWords, statusColour } from '../../render/wording.js';
import type { CliContext, Colours } from '../context.js';
import { type Column, formatTable } from '../output.js';

type HistoryColumn = Column & {
  readonly of: (run: HistoryItem, colours: Colours) => string;
  /** Left out where no run has anything to show in it. */
  readonly isOptional?: true;
};

const COLUMNS: readonly HistoryColumn[] = [
  { title: 'Run', of: (run) => oneLine(run.workflow_id) },
  { title: 'Status', of: statusOf },
  { title: 'Mode', isOptional: true, of: (run) => oneLine(run.mode ?? '') },
  { title: 'Started (UTC)', of: (run) => run.started_at.slice(0, 19).replace('T', ' ') },
  { title: 'Time', align: 'right', of: (run) => timeOf(run.duration_ms) },
  { title: 'Waited', align: 'right', isOptional: true, of: (run) => timeOf(run.queue_ms || null) },
  { title: 'Retries', align: 'right', isOptional: true, of: (run) => countOf(run.retries || null) },
  { title: 'Records', align: 'right', isOptional: true, of: (run) => countOf(run.records) },
  { title: 'Tokens', align: 'right', isOptional: true, of: (run) => countOf(run.tokens) },
  { title: 'Cost', align: 'right', isOptional: true, of: (run) => countOf(run.cost) },
  { title: 'Failed', isOptional: true, of: failureOf },
];

/** Prints past runs as a table. */
export function printHistory(cli: CliContext, runs: readonly HistoryItem[]): void {
  if (runs.length === 0) return cli.note('No runs.');
  const colours = cli.colours.stdout;
  const shown = COLUMNS.map((column) => ({
    column,
    cells: runs.map((run) => column.of(run, colours)),
  })).filter(({ column, cells }) => column.isOptional !== true || cells.some((cell) => cell !== ''));
  const rows = runs.map((_, index) => shown.map(({ cells }) => cells[index] ?? ''));
  cli.print(
    formatTable(
      shown.map(({ column }) => column),
      rows,
      colours,
    ),
  );
}

function statusOf({ status, partial }: HistoryItem, colours: Colours): string {
  const words = statusColour(status, colours)(status.replace('_', ' '));
  return partial ? `${words} ${colours.yellow('in part')}` : words;
}

function failureOf({ error, failed_stages }: HistoryItem): string {
  if (error === null) return failed_stages.map(oneLine).join(', ');
  const where = error.stage === '' ? '' : `${oneLine(error.stage)}: `;
  const words = `${where}${errorWords(error)}`;
  return words.length <= 60 ? words : `${words.slice(0, 59)}…`;
}

function timeOf(ms: number | null): string {
  return ms === null ? '' : duration(ms);
}

function countOf(value: number | null): string {
  return value === null ? '' : numberWords(value);
}
