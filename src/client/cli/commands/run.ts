import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addInputOptions, type InputFlags } from '../inputs.js';
import { wholeNumber } from '../number-option.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

export type RunFlags = ConnectionFlags &
  InputFlags & {
    readonly mode?: string;
    readonly id?: string;
    readonly dryRun?: boolean;
    readonly force?: boolean;
    readonly detach?: boolean;
    readonly priority?: number;
    readonly verbose?: boolean;
  };

const EXAMPLES = `
The server is the one that --address, TEMPORAL_ADDRESS or a profile names; else one on this machine; else one that is
started for this project and ends with the run, with a worker. Its data stays in .sluice.

Ctrl-C cancels a run whose worker runs in this process, and only stops following every other.

Examples:
  sluice run pipelines/hello.yaml -i name=Ada
  sluice run pipelines/market.yaml --mode daily --id 2026-03-01
  sluice run pipelines/hello.yaml --json | jq .outputs
  sluice run pipelines/hello.yaml --dry-run`;

/** `sluice run`: starts a run and follows it. */
export function registerRun(program: Command, cli: CliContext): void {
  const command = program
    .command('run')
    .summary('run a definition and follow it')
    .description('Starts a run of a definition and follows it to its end.')
    .argument('<file>', 'definition: YAML, JSON or TypeScript');
  addInputOptions(command)
    .option('-m, --mode <mode>', 'one of the modes of the definition')
    .option('--id <key>', 'part of the workflow ID after the name of the pipeline (default: the time)')
    .option('--dry-run', 'show the plan and start nothing')
    .option('--force', 'start although a required pipeline has no recent success')
    .option(
      '--priority <n>',
      '1 goes first, 5 goes last (default: the one of the definition)',
      wholeNumber(1, 5),
    )
    .option('-d, --detach', 'start the run and do not follow it')
    .option('-v, --verbose', 'also show what the stages write');
  addConnectionOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: RunFlags) => {
      const { runPipeline } = await import('../runs/run-pipeline.js');
      await runPipeline(cli, file, flags);
    });
}
