import type { Command } from 'commander';
import type { CliContext } from '../context.js';

const EXAMPLES = `
Editors with a YAML language server use it when the first line of a definition is
  # yaml-language-server: $schema=../sluice.schema.json

Examples:
  sluice schema > sluice.schema.json`;

/** `sluice schema`: the JSON Schema of definitions. */
export function registerSchema(program: Command, cli: CliContext): void {
  program
    .command('schema')
    .summary('print the JSON Schema of definitions')
    .description('Prints the JSON Schema of definitions, which editors use to complete and check them.')
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      const { definitionJsonSchema } = await import('../../../definition/json-schema.js');
      cli.json(definitionJsonSchema());
    });
}
