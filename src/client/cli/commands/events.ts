import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

type EventsFlags = ConnectionFlags & {
  readonly after?: string;
  readonly follow?: boolean;
  readonly logs?: boolean;
  readonly items?: boolean;
  readonly chunks?: boolean;
};

const EXAMPLES = `
With --json each event is a JSON document on a line of its own. Its "cursor" is where to go on with --after: in order,
without loss or repeats, also when the one who reads was killed or the run has ended.

Examples:
  sluice events market-data
  sluice events market-data --follow --json
  sluice events story --follow --chunks
  sluice events market-data --follow --json --after "$(tail -1 seen.jsonl | jq -r .cursor)" >> seen.jsonl`;

const ITEMS_HINT = 'How they ended is told by: sluice status RUN --stage STAGE --items all';
const LOGS_HINT = 'What was written before is given by: sluice logs RUN';

/** `sluice events`: what happened to a run, for programs and for people. */
export function registerEvents(program: Command, cli: CliContext): void {
  const command = program
    .command('events')
    .summary('what happened to a run, in order')
    .description(
      'Prints what happened to a run, in the order of its history: waves, starts, failed attempts, ends.',
    )
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .option('--after <cursor>', 'only what follows the event with this cursor')
    .option('-f, --follow', 'go on until the run ends, with progress')
    .option('--logs', 'with --follow: also what the stages write from now on')
    .option('--items', 'with --follow: also how far maps are')
    .option('--chunks', 'also what the stages yield, chunk by chunk')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (run: string, flags: EventsFlags) => {
    const [{ withSession }, { printEvents }] = await Promise.all([
      import('../runs/session.js'),
      import('../runs/print-events.js'),
    ]);
    const { after, follow = false, logs = false, items = false, chunks = false } = flags;
    if (logs && !follow) throw new UsageError('`--logs` goes with `--follow`.', { hint: LOGS_HINT });
    if (items && !follow) throw new UsageError('`--items` goes with `--follow`.', { hint: ITEMS_HINT });
    await withSession(cli, { flags }, async (session) => {
      await printEvents(cli, await session.find(run), {
        follow,
        logs,
        items,
        chunks,
        ...(after === undefined ? {} : { after }),
      });
    });
  });
}
