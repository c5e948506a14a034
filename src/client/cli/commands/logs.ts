import { type Command, Option } from 'commander';
import { LOG_LEVELS, type LogLevel } from '../../../storage/log-line.js';
import type { CliContext } from '../context.js';
import { wholeNumber } from '../number-option.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

type LogsFlags = ConnectionFlags & {
  readonly stage?: string;
  readonly level?: LogLevel;
  readonly tail?: number;
  readonly follow?: boolean;
  readonly chunks: boolean;
};

const EXAMPLES = `
With --json every line is collected into one document, { "lines": [...] }.

Examples:
  sluice logs market-data
  sluice logs market-data --stage load --follow
  sluice logs market-data --level warn --tail 100`;

/** `sluice logs`: what the stages of a run wrote. */
export function registerLogs(program: Command, cli: CliContext): void {
  const command = program
    .command('logs')
    .summary('what the stages of a run wrote')
    .description('Prints what the stages of a run wrote, in order of time.')
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .option('--stage <id>', 'only this stage')
    .addOption(new Option('--level <level>', 'only lines of this level or worse').choices(LOG_LEVELS))
    .option('--tail <n>', 'only the last so many lines of what is there', wholeNumber(0))
    .option('-f, --follow', 'go on until the run ends, and show what stages yield (»)')
    .option('--no-chunks', 'with --follow: without what stages yield')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (run: string, flags: LogsFlags) => {
    const [{ withSession }, { printLogs }] = await Promise.all([
      import('../runs/session.js'),
      import('../runs/print-logs.js'),
    ]);
    await withSession(cli, { flags }, async (session) => {
      const handle = await session.find(run);
      const { stage, level, tail, follow = false, chunks } = flags;
      await printLogs(cli, handle, {
        follow,
        chunks,
        ...(stage === undefined ? {} : { stage }),
        ...(level === undefined ? {} : { level }),
        ...(tail === undefined ? {} : { tail }),
      });
    });
  });
}
