import type { Command } from 'commander';
import type { CliContext } from '../context.js';

const EXAMPLES = `
Each tool is looked for before it is fetched: in SLUICE_TEMPORAL_CLI and SLUICE_TEMPORAL_TEST_SERVER, on PATH, in the
user's cache. Runs fetch what they need by themselves; this command does it ahead of time.

Examples:
  sluice setup                   everything that runs and tests on this machine need
  sluice setup --no-test-server  without the server for tests that skip time`;

/** `sluice setup`: gets what local runs need, once. */
export function registerSetup(program: Command, cli: CliContext): void {
  program
    .command('setup')
    .summary('get what local runs need')
    .description('Finds or fetches the Temporal server for local runs and the one for tests.')
    .option('--no-test-server', 'leave out the server for tests that skip time')
    .addHelpText('after', EXAMPLES)
    .action(async ({ testServer }: { readonly testServer: boolean }) => {
      const { runSetup } = await import('../../temporal-server/setup.js');
      const report = await runSetup({
        env: { ...cli.env },
        onStep: ({ message }) => cli.note(message),
        ...(testServer ? {} : { tools: ['temporal_cli'] }),
      });
      if (cli.isJson) cli.json(report);
    });
}
