import { type Command, Option } from 'commander';
import { LISTED_STATUSES } from '../../listed-statuses.js';
import type { ListedStatus, RunListItem } from '../../run-list.js';
import type { CliContext } from '../context.js';
import { wholeNumber } from '../number-option.js';
import { formatTable } from '../output.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

type ListFlags = ConnectionFlags & {
  readonly pipeline?: string;
  readonly status?: ListedStatus;
  readonly limit: number;
  readonly backfills?: boolean;
};

const EXAMPLES = `
Examples:
  sluice list
  sluice list --pipeline market-data --status failed --limit 5
  sluice list --backfills
  sluice list --json | jq -r '.runs[].workflow_id'`;

/** `sluice list`: the latest runs. */
export function registerList(program: Command, cli: CliContext): void {
  const command = program
    .command('list')
    .summary('the latest runs')
    .description('Lists runs, the latest start first.')
    .option('--pipeline <name>', 'only runs of this pipeline')
    .addOption(new Option('--status <status>', 'only runs that stand like this').choices(LISTED_STATUSES))
    .option('--limit <n>', 'at most so many', wholeNumber(1, 10_000), 20)
    .option('--backfills', 'list backfills instead of runs')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (flags: ListFlags) => {
    const { withSession } = await import('../runs/session.js');
    if (flags.backfills === true) {
      const { printBackfills } = await import('../backfill/show-backfill.js');
      return printBackfills(cli, flags);
    }
    const { pipeline, status, limit } = flags;
    const filter = {
      limit,
      ...(pipeline === undefined ? {} : { pipeline }),
      ...(status === undefined ? {} : { status }),
    };
    const runs = await withSession(cli, { flags }, ({ client }) => client.list(filter));
    if (cli.isJson) cli.json({ runs });
    else await printRuns(cli, runs);
  });
}

async function printRuns(cli: CliContext, runs: readonly RunListItem[]): Promise<void> {
  if (runs.length === 0) return cli.note('No runs.');
  const { duration, statusColour } = await import('../../render/wording.js');
  const { oneLine } = await import('../../render/printable.js');
  const colours = cli.colours.stdout;
  const rows = runs.map((run) => [
    oneLine(run.workflow_id),
    statusColour(run.status, colours)(run.status.replace('_', ' ')),
    oneLine(run.version ?? ''),
    run.started_at.slice(0, 19).replace('T', ' '),
    run.duration_ms === null ? '' : duration(run.duration_ms),
  ]);
  const columns = [
    { title: 'Run' },
    { title: 'Status' },
    { title: 'Version' },
    { title: 'Started (UTC)' },
    { title: 'Time', align: 'right' as const },
  ];
  cli.print(formatTable(columns, rows, colours));
}
