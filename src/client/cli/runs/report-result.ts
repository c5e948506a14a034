import type { RunResult } from '../../../engine/result.js';
import { shellWord } from '../../../shared/shell-word.js';
import { oneLine, printableJson } from '../../render/printable.js';
import { failureBlocks, summaryLine, summaryRows } from '../../render/summary.js';
import type { CliContext } from '../context.js';
import { EXIT } from '../errors.js';
import { formatTable } from '../output.js';

/** The table of stages that a run or a status ends with. */
export const STAGE_COLUMNS = [
  { title: 'Stage' },
  { title: 'Status' },
  { title: 'Attempts', align: 'right' },
  { title: 'Time', align: 'right' },
  { title: '' },
] as const;

/** Said of a run that was cancelled or terminated when no worker answers; every run has stages. */
export const UNKNOWN_STAGES =
  'How far the run came is known to a worker only, and none answers. Start one with: sluice worker. Then ask again.';

/**
 * Reports how a run ended: the table, the errors in full and the verdict on stderr, the outputs (with `--json` the
 * whole result) on stdout. Sets the exit code. `isTold`: the stages were shown already and need no table.
 */
export function reportResult(
  cli: CliContext,
  result: RunResult,
  options: { readonly isTold: boolean },
): void {
  cli.exitWith(result.success ? EXIT.ok : EXIT.failed);
  const colours = cli.colours.stderr;
  const isLong = Object.keys(result.stages).length > 40;
  const rows = summaryRows(result, colours);
  if ((!options.isTold || isLong) && rows.length > 0)
    cli.note(`\n${formatTable(STAGE_COLUMNS, rows, colours)}`);
  for (const block of failureBlocks(result, colours)) cli.note(`\n${block}`);
  if (Object.keys(result.stages).length === 0) cli.note(colours.yellow(`\n${UNKNOWN_STAGES}`));
  if (result.failed_stages.length > 0) {
    cli.note(colours.dim(`\nWhat the stages wrote: sluice logs ${shellWord(oneLine(result.workflow_id))}`));
  }
  cli.note(`\n${summaryLine(result, colours)}`);
  if (cli.isJson) cli.json(result);
  else if (Object.keys(result.outputs).length > 0) cli.print(printableJson(result.outputs));
}
