import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { wholeNumber } from '../number-option.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

type StreamFlags = ConnectionFlags & {
  readonly after?: string;
  readonly follow?: boolean;
  readonly item?: number;
};

const EXAMPLES = `
Chunks of text are printed as they are, others as JSON. With --json each is a JSON document on a line of its own:
{ "type": "chunk", "index", "chunk", "cursor" }. Where an attempt failed and the next one begins anew,
{ "type": "restart", "index" } says from which chunk on they come again.

Examples:
  sluice stream story write --follow
  sluice stream story write --json --after 1.3.120`;

/** `sluice stream`: what a stage gives chunk by chunk. */
export function registerStream(program: Command, cli: CliContext): void {
  const command = program
    .command('stream')
    .summary('what a stage gives, chunk by chunk')
    .description('Prints the chunks that a stage gives while it runs.')
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .argument('<stage>', 'the ID of the stage')
    .option('--item <index>', 'of a stage with a map: the item whose chunks are wanted', wholeNumber(0))
    .option('--after <cursor>', 'only what follows the chunk with this cursor')
    .option('-f, --follow', 'go on until the stage ends')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (run: string, stage: string, flags: StreamFlags) => {
    const [{ withSession }, { printStream }] = await Promise.all([
      import('../runs/session.js'),
      import('../runs/print-stream.js'),
    ]);
    const { after, follow = false, item } = flags;
    await withSession(cli, { flags }, async (session) => {
      await printStream(cli, (await session.find(run)).stage(stage), {
        follow,
        ...(after === undefined ? {} : { after }),
        ...(item === undefined ? {} : { item }),
      });
    });
  });
}
