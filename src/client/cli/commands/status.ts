import type { Command } from 'commander';
import type { RunStatus } from '../../../engine/result.js';
import type { CliContext } from '../context.js';
import { formatTable } from '../output.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

const EXAMPLES = `
RUN is a workflow ID, a run ID, or the name of a pipeline for its latest run.

Examples:
  sluice status market-data
  sluice status market-data/2026-03-01 --json | jq .progress`;

/** `sluice status`: how a run stands now. */
export function registerStatus(program: Command, cli: CliContext): void {
  const command = program
    .command('status')
    .summary('how a run stands')
    .description('Shows how a run stands, stage by stage.')
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (run: string, flags: ConnectionFlags) => {
    const { withSession } = await import('../runs/session.js');
    await withSession(cli, { flags }, async (session) => {
      const handle = await session.find(run);
      const status = await session.statusOf(handle);
      if (cli.isJson) cli.json(status);
      else await printStatus(cli, status, handle.uiUrl);
    });
  });
}

async function printStatus(cli: CliContext, status: RunStatus, uiUrl: string | undefined): Promise<void> {
  const { oneLine } = await import('../../render/printable.js');
  const { duration, errorWords, statusColour } = await import('../../render/wording.js');
  const { summaryRows } = await import('../../render/summary.js');
  const { STAGE_COLUMNS } = await import('../runs/report-result.js');
  const colours = cli.colours.stdout;
  const words = statusColour(status.status, colours)(status.status.replace('_', ' '));
  const { done, total } = status.progress;
  const stages = total === 0 ? '' : `, ${done} of ${total} stages done`;
  cli.print(
    `${colours.bold(oneLine(status.workflow_id))}  ${words} ${status.ended_at === null ? 'for' : 'in'} ${duration(status.total_duration_ms)}${stages}`,
  );
  if (status.error !== null) cli.print(colours.red(errorWords(status.error)));
  for (const note of status.notes) cli.print(colours.yellow(`! ${oneLine(note)}`));
  const rows = summaryRows(status, colours);
  if (rows.length > 0) cli.print(`\n${formatTable(STAGE_COLUMNS, rows, colours)}`);
  if (uiUrl !== undefined) cli.note(colours.dim(`\n${uiUrl}`));
}
