import { type Command, Option } from 'commander';
import type { CliContext } from '../context.js';
import { addInputOptions, type InputFlags } from '../inputs.js';
import { wholeNumber } from '../number-option.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

export type BackfillFlags = ConnectionFlags &
  InputFlags & {
    readonly from: string;
    readonly to: string;
    readonly step: string;
    readonly timezone: string;
    readonly maxParallel: number;
    readonly maxFailures?: number;
    readonly mode?: string;
    readonly order: 'oldest' | 'newest';
    readonly only: 'missing' | 'failed' | 'all';
    readonly plan?: boolean;
    readonly id?: string;
    readonly force?: boolean;
    readonly detach?: boolean;
  };

const EXAMPLES = `
Each window of the range is a partition: a run of its own, which knows it as "run.partition". Its workflow ID follows
from the window, so that what is done already is never repeated unless --only all asks for it. A backfill that was
cancelled or killed goes on with the same command.

"sluice status", "watch", "pause", "unpause", "cancel" and "terminate" take the ID of a backfill, and "sluice list
--backfills" lists them.

Examples:
  sluice backfill pipelines/prices.yaml --from 2024-01-01 --to 2024-12-31 --plan
  sluice backfill pipelines/prices.yaml --from 2024 --to 2024 --max-parallel 4
  sluice backfill pipelines/prices.yaml --from 2020 --to 2024 --step 1mo --order newest --mode full
  sluice backfill pipelines/prices.yaml --from 2024 --to 2024 --only failed`;

/** `sluice backfill`: runs a definition for each window of a range of time. */
export function registerBackfill(program: Command, cli: CliContext): void {
  const command = program
    .command('backfill')
    .summary('run a definition for each window of a range')
    .description('Runs a definition once for each window of a range of time, and follows it.')
    .argument('<file>', 'definition: YAML, JSON or TypeScript')
    .requiredOption('--from <time>', 'where the range starts: 2024, 2024-03, 2024-03-01 or an instant')
    .requiredOption('--to <time>', 'where it ends; a year, month or day belongs to it, an instant does not')
    .option('--step <step>', 'length of a window: 1d, 1w, 1mo, 1y, 6h, 30min', '1d')
    .option('--timezone <name>', 'whose calendar cuts the windows', 'UTC')
    .option('--max-parallel <n>', 'partitions that run at once', wholeNumber(1, 500), 1)
    .option('--max-failures <n>', 'start no more once more failed (default: no limit)', wholeNumber(0))
    .option('-m, --mode <mode>', 'one of the modes of the definition')
    .addOption(
      new Option('--order <order>', 'which partitions go first')
        .choices(['oldest', 'newest'])
        .default('oldest'),
    )
    .addOption(
      new Option('--only <which>', 'those without success, those whose last run failed, or every one again')
        .choices(['missing', 'failed', 'all'])
        .default('missing'),
    )
    .option('--plan', 'show which partitions would run and why, and start nothing')
    .option('--id <key>', 'last part of the ID of the backfill (default: the time)')
    .option('--force', 'start although a requirement is not met')
    .option('-d, --detach', 'start it and do not follow it');
  addInputOptions(command);
  addConnectionOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: BackfillFlags) => {
      const { runBackfill } = await import('../backfill/run-backfill.js');
      await runBackfill(cli, file, flags);
    });
}
