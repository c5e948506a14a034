import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addInputOptions } from '../inputs.js';
import type { InputFlags } from '../inputs.js';

type PlanFlags = InputFlags & { readonly mode?: string };

const EXAMPLES = `
Shows the stages that can run at the same time level by level, what each does, its conditions, timeouts and retries, and
the longest chain. "sluice run --dry-run" prints the same. No server is needed.

Examples:
  sluice plan pipelines/hello.yaml
  sluice plan pipelines/hello.yaml --mode daily -i name=Ada
  sluice plan pipelines/hello.yaml --json | jq -c '.waves[]'`;

/** `sluice plan`: what a run would do. */
export function registerPlan(program: Command, cli: CliContext): void {
  const command = program
    .command('plan')
    .summary('what a run would do, wave by wave')
    .description('Shows what a run of a definition would do, without running it.')
    .argument('<file>', 'definition: YAML, JSON or TypeScript')
    .option('-m, --mode <mode>', 'one of the modes of the definition');
  addInputOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((file: string, flags: PlanFlags) => showPlan(file, flags, cli));
}

async function showPlan(file: string, flags: PlanFlags, cli: CliContext): Promise<void> {
  const [{ loadPlan }, { readInputs }, { printPlan }] = await Promise.all([
    import('../load-plan.js'),
    import('../inputs.js'),
    import('../print-plan.js'),
  ]);
  const { plan } = await loadPlan(cli, file);
  const isGiven = flags.input !== undefined || flags.inputFile !== undefined;
  printPlan(cli, plan, {
    mode: flags.mode ?? null,
    inputs: isGiven ? await readInputs(cli, plan.inputs, flags) : null,
  });
}
