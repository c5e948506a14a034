import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';

const EXAMPLES = `
Examples:
  sluice help
  sluice help run`;

/** `sluice help`: the same as `--help`, for those who look for it there. */
export function registerHelp(program: Command, cli: CliContext): void {
  program
    .command('help')
    .summary('show the help of a command')
    .description('Shows the help of a command, or without one the list of commands.')
    .argument('[command]', 'name of a command')
    .addHelpText('after', EXAMPLES)
    .action(async (name?: string) => {
      const command = name === undefined ? program : await findCommand(program, name);
      if (cli.isJson) cli.json({ help: command.helpInformation() });
      else command.outputHelp();
    });
}

async function findCommand(program: Command, name: string): Promise<Command> {
  const found = program.commands.find((command) => command.name() === name);
  if (found !== undefined) return found;
  const { suggest } = await import('../../../definition/suggest.js');
  const commands = program.createHelp().visibleCommands(program);
  const near = suggest(
    name,
    commands.map((command) => command.name()),
  );
  throw new UsageError(`Unknown command '${name}'.`, {
    hint: `${near === null ? '' : `Did you mean ${near}? `}See "sluice --help".`,
  });
}
