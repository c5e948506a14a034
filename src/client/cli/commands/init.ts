import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import type { NewProject } from '../../init/create-project.js';
import type { CliContext } from '../context.js';
import { packageVersion } from '../package-version.js';

const EXAMPLES = `
Writes sluice.config.ts, a pipeline, a stage function, a test, tsconfig.json, README.md and, for YAML, the JSON Schema for
editors. An existing package.json is only extended; no other file is ever overwritten.

Examples:
  sluice init                    in this folder
  sluice init my-project         in a new one
  sluice init typed --typescript a pipeline that the compiler checks, and its test`;

/** `sluice init`: a new project that runs as it is. */
export function registerInit(program: Command, cli: CliContext): void {
  program
    .command('init')
    .summary('a new project')
    .description('Makes a new project: configuration, a pipeline, a stage function and a test.')
    .argument('[dir]', 'folder of the project', '.')
    .option('--typescript', 'write the pipeline in TypeScript instead of YAML')
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, { typescript = false }: { readonly typescript?: boolean }) => {
      const [{ createProject }, { definitionJsonSchema }] = await Promise.all([
        import('../../init/create-project.js'),
        import('../../../definition/json-schema.js'),
      ]);
      const project = await createProject(resolve(cli.cwd, dir), {
        schema: `${JSON.stringify(definitionJsonSchema(), null, 2)}\n`,
        version: packageVersion(),
        language: typescript ? 'typescript' : 'yaml',
      });
      if (cli.isJson) cli.json(toDocument(project));
      else report(project, cli);
    });
}

function toDocument(project: NewProject) {
  const { dir, pipeline, created, added, needsInstall } = project;
  return { dir, pipeline, created, package_json_added: added, needs_install: needsInstall };
}

function report(project: NewProject, cli: CliContext): void {
  const { green, bold, dim } = cli.colours.stderr;
  for (const file of project.created) cli.note(`${green('+')} ${file}`);
  if (project.added.length > 0) cli.note(`${green('+')} package.json: ${project.added.join(', ')}`);
  const folder = relative(cli.cwd, project.dir);
  const steps = [
    ...(folder === '' ? [] : [`cd ${folder}`]),
    ...(project.needsInstall ? ['npm install'] : []),
    `npx sluice run ${project.pipeline}`,
    'npm test',
  ];
  cli.note(`\n${dim('Next:')}\n${steps.map((step) => `  ${bold(step)}`).join('\n')}`);
}
