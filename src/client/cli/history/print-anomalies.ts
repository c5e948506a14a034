import type { AnomalyReport } from '../../history/anomalies.js';
import { unusualRuns } from '../../history/unusual-runs.js';
import { oneLine } from '../../render/printable.js';
import type { CliContext } from '../context.js';
import { formatTable } from '../output.js';

/** What people can read at once; `--json` has all. */
const MOST_ROWS = 50;

/** Prints what is unusual, and where there were too few runs to tell. */
export function printAnomalies(cli: CliContext, report: AnomalyReport): void {
  const { anomalies, checked, needed, too_few, cut } = report;
  const unusual = unusualRuns(anomalies);
  const rows = unusual
    .slice(0, MOST_ROWS)
    .map(({ workflow_id, started_at, messages }) => [
      started_at.slice(0, 16).replace('T', ' '),
      oneLine(workflow_id),
      messages.map(oneLine).join('\n'),
    ]);
  const columns = [{ title: 'Started (UTC)' }, { title: 'Run' }, { title: 'What is unusual' }];
  if (rows.length > 0) cli.print(formatTable(columns, rows, cli.colours.stdout));
  else cli.print(checked === 0 ? 'Nothing to compare.' : `Nothing unusual in ${checked} runs.`);
  if (unusual.length > MOST_ROWS) cli.note(`${unusual.length - MOST_ROWS} more runs: --json shows all.`);
  for (const { pipeline, mode, runs } of too_few) {
    const where = mode === null ? '' : ` in mode ${oneLine(mode)}`;
    cli.note(
      `${oneLine(pipeline)}${where}: ${runs} successful ${runs === 1 ? 'run' : 'runs'}; it takes ${needed} to tell what is usual.`,
    );
  }
  if (cut) cli.note('There are more runs than were read; --limit reads more.');
}
