import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addConnectionOptions } from '../runs/connection-options.js';
import type { DecisionFlags } from '../runs/decide.js';

const APPROVE_EXAMPLES = `
STAGE may be left out where exactly one stage waits. Field values are JSON for all but fields of type string and date.
With SLUICE_APPROVAL_KEYS (NAME=SECRET pairs) the decision is signed.

Examples:
  sluice approve ship-model
  sluice approve ship-model sign-off --as alice --comment "numbers look right" --field traffic=10`;

const REJECT_EXAMPLES = `
The stage ends as failed with the error type Rejected. STAGE may be left out where exactly one stage waits.

Examples:
  sluice reject ship-model --comment "accuracy fell"
  sluice reject ship-model sign-off --as bob --comment "not on a Friday"`;

/** `sluice approve`: lets a stage that waits for approval go on. */
export function registerApprove(program: Command, cli: CliContext): void {
  const command = program
    .command('approve')
    .summary('approve a stage that waits for it')
    .description('Approves a stage that waits for approval.')
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .argument('[stage]', 'ID of the stage')
    .option('--as <name>', 'who approves (default: the user of the operating system)')
    .option('--comment <text>', 'why')
    .option('--field <key=value>', 'a value for a field; may be given again', collect)
    .addHelpText('after', APPROVE_EXAMPLES);
  addConnectionOptions(command).action(
    async (run: string, stage: string | undefined, flags: DecisionFlags) => {
      const { decide } = await import('../runs/decide.js');
      await decide(cli, 'approve', { run, stage, flags });
    },
  );
}

/** `sluice reject`: fails a stage that waits for approval. */
export function registerReject(program: Command, cli: CliContext): void {
  const command = program
    .command('reject')
    .summary('reject a stage that waits for approval')
    .description('Rejects a stage that waits for approval.')
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .argument('[stage]', 'ID of the stage')
    .option('--as <name>', 'who rejects (default: the user of the operating system)')
    .requiredOption('--comment <text>', 'why')
    .addHelpText('after', REJECT_EXAMPLES);
  addConnectionOptions(command).action(
    async (run: string, stage: string | undefined, flags: DecisionFlags) => {
      const { decide } = await import('../runs/decide.js');
      await decide(cli, 'reject', { run, stage, flags });
    },
  );
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
