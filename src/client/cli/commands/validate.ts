import type { Command } from 'commander';
import type { Problem } from '../../../definition/problem.js';
import type { CliContext } from '../context.js';
import { EXIT } from '../errors.js';

const EXAMPLES = `
Checks keys, types, dependencies, expressions, inputs, stage functions and their params. Nothing is run, and no server
is needed. Exits with 2 when a file has an error; warnings alone exit with 0.

Examples:
  sluice validate pipelines/hello.yaml
  sluice validate pipelines/*.yaml
  sluice validate a.yaml --json | jq '.files[].problems[] | "\\(.line): \\(.message)"'`;

/** `sluice validate`: all problems of all files at once. */
export function registerValidate(program: Command, cli: CliContext): void {
  program
    .command('validate')
    .summary('all problems of definitions at once')
    .description('Checks definitions and reports all their problems at once.')
    .argument('<file...>', 'definitions: YAML, JSON or TypeScript')
    .addHelpText('after', EXAMPLES)
    .action((files: readonly string[]) => validate(files, cli));
}

type Checked = { readonly file: string; readonly valid: boolean; readonly problems: readonly Problem[] };

async function validate(files: readonly string[], cli: CliContext): Promise<void> {
  const { createLoader } = await import('../load-plan.js');
  const load = createLoader(cli);
  const checked: Checked[] = [];
  for (const file of new Set(files)) {
    const { plan, problems } = await load(file);
    checked.push({ file, valid: plan !== null, problems });
  }
  if (cli.isJson) cli.json({ files: checked });
  else for (const result of checked) await print(result, cli);
  if (checked.some(({ valid }) => !valid)) cli.exitWith(EXIT.usage);
}

async function print({ file, valid, problems }: Checked, cli: CliContext): Promise<void> {
  const colours = cli.colours.stdout;
  const { formatProblems } = await import('../format-problems.js');
  if (problems.length > 0) cli.print(await formatProblems(problems, cli));
  const words = countWords(problems);
  if (valid) cli.print(`${colours.green('✓')} ${file} is valid${words === '' ? '' : `, with ${words}`}`);
  else cli.print(`${colours.red('✗')} ${file}: ${words}\n`);
}

function countWords(problems: readonly Problem[]): string {
  const warnings = problems.filter((problem) => problem.severity === 'warning').length;
  const errors = problems.length - warnings;
  return [
    ...(errors === 0 ? [] : [errors === 1 ? '1 error' : `${errors} errors`]),
    ...(warnings === 0 ? [] : [warnings === 1 ? '1 warning' : `${warnings} warnings`]),
  ].join(', ');
}
