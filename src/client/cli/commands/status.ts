import { type Command, Option } from 'commander';
import type { RunStatus } from '../../../engine/result.js';
import type { RunHandle } from '../../run-handle.js';
import { LISTED_ITEMS, type ListedItems } from '../../items/item-list.js';
import { isBackfillId } from '../../backfill/backfill-id.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';
import { wholeNumber } from '../number-option.js';
import { formatTable } from '../output.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

type StatusFlags = ConnectionFlags & {
  readonly stage?: string;
  readonly items?: ListedItems;
  readonly limit: number;
};

const EXAMPLES = `
RUN is a workflow ID, a run ID, or the name of a pipeline for its latest run, its last success and its next run. Of a
backfill it shows the partitions.

With --stage it lists the items of a stage with \`map\`, the failed ones with their errors.

Examples:
  sluice status market-data
  sluice status market-data --stage load --items failed
  sluice status market-data/2026-03-01 --json | jq .progress
  sluice status backfill/market-data/2024`;

/** `sluice status`: how a run stands now. */
export function registerStatus(program: Command, cli: CliContext): void {
  const command = program
    .command('status')
    .summary('how a run stands')
    .description('Shows how a run stands, stage by stage.')
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .option('--stage <id>', 'the items of this stage')
    .addOption(new Option('--items <which>', 'only items that stand like this').choices(LISTED_ITEMS))
    .option('--limit <n>', 'at most so many items', wholeNumber(1, 1_000_000), 50)
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (run: string, flags: StatusFlags) => {
    const { stage, items = 'all', limit } = flags;
    if (stage === undefined && flags.items !== undefined) {
      throw new UsageError('--items lists the items of one stage.', { hint: 'Name it with --stage.' });
    }
    if (isBackfillId(run)) {
      const { printBackfillStatus } = await import('../backfill/show-backfill.js');
      return printBackfillStatus(cli, run, flags);
    }
    const { withSession } = await import('../runs/session.js');
    await withSession(cli, { flags }, async (session) => {
      if (stage !== undefined) {
        const { printItems } = await import('../runs/print-items.js');
        const handle = await session.find(run);
        const status = await handle.status();
        return printItems(cli, await handle.items(stage, { items, limit, status }), items);
      }
      const { showStatus } = await import('../runs/show-status.js');
      const print = (status: RunStatus, handle: RunHandle) => printStatus(cli, status, handle);
      return showStatus(cli, session, { run, print });
    });
  });
}

async function printStatus(cli: CliContext, status: RunStatus, run: RunHandle): Promise<void> {
  const { oneLine } = await import('../../render/printable.js');
  const { duration, errorWords, statusColour } = await import('../../render/wording.js');
  const { summaryRows } = await import('../../render/summary.js');
  const { STAGE_COLUMNS, UNKNOWN_STAGES } = await import('../runs/report-result.js');
  const colours = cli.colours.stdout;
  const isPaused = status.paused !== undefined && status.paused !== null && status.ended_at === null;
  const words = isPaused
    ? colours.yellow('paused')
    : statusColour(status.status, colours)(status.status.replace('_', ' '));
  const { done, total } = status.progress;
  const stages = total === 0 ? '' : `, ${done} of ${total} stages done`;
  cli.print(
    `${colours.bold(oneLine(status.workflow_id))}  ${words} ${status.ended_at === null ? 'for' : 'in'} ${duration(status.total_duration_ms)}${stages}`,
  );
  const origin = status.resumed_from;
  if (origin !== undefined) cli.print(colours.dim(`${origin.how} of ${oneLine(origin.workflow_id)}`));
  if (status.error !== null) cli.print(colours.red(errorWords(status.error)));
  for (const note of status.notes) cli.print(colours.yellow(`! ${oneLine(note)}`));
  const live = status.ended_at === null ? await run.openAttempts() : new Map<string, never>();
  const rows = summaryRows(status, colours, { live, now: Date.now() });
  if (rows.length === 0 && status.ended_at !== null) cli.note(colours.yellow(`\n${UNKNOWN_STAGES}`));
  if (rows.length > 0) cli.print(`\n${formatTable(STAGE_COLUMNS, rows, colours)}`);
  if (run.uiUrl !== undefined) cli.note(colours.dim(`\n${run.uiUrl}`));
}
