import Table from 'cli-table3';
import type { CliContext, Colours } from './context.js';
import type { ErrorReport } from './errors.js';

/** Tells the user about an error that ended the command: as JSON on stdout, or in words on stderr. */
export async function writeError(cli: CliContext, report: ErrorReport): Promise<void> {
  const { code, message, hint, problems } = report;
  if (cli.isJson) {
    cli.json({ error: { code, message, hint, ...(problems === undefined ? {} : { problems }) } });
    return;
  }
  if (problems !== undefined) {
    const { formatProblems } = await import('./format-problems.js');
    cli.note(await formatProblems(problems, cli, cli.colours.stderr));
  }
  const { red, dim } = cli.colours.stderr;
  cli.note(`${red('error')} ${message}`);
  if (hint !== null) cli.note(dim(hint));
}

export type Column = {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** The text is wrapped to this many columns. */
  readonly width?: number;
};

/** A table without vertical rules, which stays readable when it is piped into a file. */
export function formatTable(
  columns: readonly Column[],
  rows: ReadonlyArray<readonly string[]>,
  colours: Colours,
): string {
  const widths = columns.map((column) => (column.width === undefined ? null : column.width + PADDING));
  const table = new Table({
    head: columns.map((column) => colours.dim(column.title)),
    colAligns: columns.map((column) => column.align ?? 'left'),
    colWidths: widths,
    wordWrap: widths.some((width) => width !== null),
    chars: NO_RULES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': PADDING },
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Between two columns. */
const PADDING = 2;

const NO_RULES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
} as const;
