import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import type { ExportedFiles, ExportFormat } from '../../../definition/export-definition.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';

const FORMATS: readonly ExportFormat[] = ['yaml', 'json'];

type ExportFlags = { readonly format: ExportFormat; readonly output?: string };

const EXAMPLES = `
The text gives the same plan as the file. Pipelines that a TypeScript file defines for its own use become files beside
it, so they need a folder.

Examples:
  sluice export pipelines/mapper.ts > mapper.yaml
  sluice export pipelines/mapper.ts --output exported/
  sluice export pipelines/hello.yaml --format json`;

/** `sluice export`: a definition as YAML or JSON, whatever it was written in. */
export function registerExport(program: Command, cli: CliContext): void {
  program
    .command('export')
    .summary('a definition as YAML or JSON')
    .description('Writes a definition as YAML or JSON, such as one that is written in TypeScript.')
    .argument('<file>', 'definition: YAML, JSON or TypeScript')
    .addOption(new Option('-f, --format <format>', 'what to write').choices(FORMATS).default('yaml'))
    .option('-o, --output <folder>', 'where to write the files (default: stdout)')
    .addHelpText('after', EXAMPLES)
    .action((file: string, flags: ExportFlags) => exportFile(file, flags, cli));
}

async function exportFile(file: string, { format, output }: ExportFlags, cli: CliContext): Promise<void> {
  const [{ loadPlan }, { exportDefinition }] = await Promise.all([
    import('../load-plan.js'),
    import('../../../definition/export-definition.js'),
  ]);
  // What cannot run is no use to anybody in another form.
  const loaded = await loadPlan(cli, file);
  const files = await exportDefinition(resolve(loaded.file), format);
  if (output === undefined) printOnly(files, format, cli);
  else await writeAll(files, format, resolve(cli.cwd, output), cli);
}

function printOnly(files: ExportedFiles, format: ExportFormat, cli: CliContext): void {
  const [text = '', ...others] = files.values();
  if (others.length > 0) {
    const names = [...files.keys()].slice(1).join(', ');
    throw new UsageError(`The pipeline runs others that its file defines: ${names}.`, {
      hint: 'Give a folder for all of them with --output.',
    });
  }
  if (cli.isJson) cli.json({ format, definition: text });
  else cli.print(text.trimEnd());
}

async function writeAll(
  files: ExportedFiles,
  format: ExportFormat,
  folder: string,
  cli: CliContext,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  for (const [name, text] of files) {
    await writeFile(join(folder, name), text);
    written.push(join(folder, name));
    cli.note(`Wrote ${join(folder, name)}`);
  }
  if (cli.isJson) cli.json({ format, files: written });
}
