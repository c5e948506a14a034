import { Command, CommanderError } from 'commander';
import { createSession } from './context.js';
import type { CliContext, CliIo, CliSession } from './context.js';
import { EXIT, UsageError, reportError } from './errors.js';
import type { ExitCode } from './errors.js';
import { writeError } from './output.js';
import { packageVersion } from './package-version.js';
import { REGISTRATIONS } from './registrations.js';

/** A command line that has been understood and waits to run. */
export type CliRun = { readonly session: CliSession; readonly done: Promise<ExitCode> };

/** Runs one command line, without `node` and the script's name. Never rejects. */
export function startCli(args: readonly string[], io: CliIo): CliRun {
  const session = createSession(io, asksForJson(args));
  return { session, done: runProgram(args, session) };
}

/** The `sluice` program with all its commands. */
export function createProgram(cli: CliContext): Command {
  const program = new Command('sluice')
    .description('Runs declarative pipelines durably on Temporal.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .option('--json', 'print one JSON document on stdout')
    .configureHelp({
      showGlobalOptions: true,
      visibleGlobalOptions: ({ parent }) =>
        parent === null ? [] : parent.options.filter((option) => option.long === '--json'),
    })
    .configureOutput({
      writeOut: (text) => void cli.stdout.write(text),
      writeErr: (text) => void cli.stderr.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(cli.width, 110),
      getErrHelpWidth: () => Math.min(cli.width, 110),
      getOutHasColors: () => cli.colours.stdout.isColorSupported,
      getErrHasColors: () => cli.colours.stderr.isColorSupported,
    })
    .exitOverride();
  for (const [group, registrations] of REGISTRATIONS) {
    program.commandsGroup(`${group}:`);
    for (const register of registrations) register(program, cli);
  }
  program.addHelpText('after', PROGRAM_HELP);
  return program;
}

const PROGRAM_HELP = `
Examples:
  sluice init my-project                      a new project, ready to run
  sluice run pipelines/hello.yaml             run a pipeline and follow it
  sluice validate pipelines/*.yaml            all problems of all files at once
  sluice run pipelines/hello.yaml --json | jq .outputs

RUN is a workflow ID, a run ID, or the name of a pipeline for its latest run.
Exit codes: 0 success, 1 the run failed or was cancelled, 2 the definition or the command is wrong,
3 Temporal cannot be reached, 130 interrupted.`;

async function runProgram(args: readonly string[], session: CliSession): Promise<ExitCode> {
  const { cli } = session;
  const program = createProgram(cli);
  try {
    if (args.every((arg) => arg === '--json')) throw noCommand(program, cli);
    await program.parseAsync([...args], { from: 'user' });
    return session.exitCode();
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    return reportFailure(cli, error instanceof CommanderError ? toUsageError(error, program, args) : error);
  }
}

/** Tells the user about whatever ended the command. */
export async function reportFailure(cli: CliContext, error: unknown): Promise<ExitCode> {
  const report = reportError(error);
  await writeError(cli, report);
  if (report.code === 'internal' && (cli.env['SLUICE_DEBUG'] ?? '') !== '') cli.note(stackOf(error));
  return report.exitCode;
}

function noCommand(program: Command, cli: CliContext): UsageError {
  if (!cli.isJson) program.outputHelp({ error: true });
  return new UsageError('No command was given.', { hint: 'See "sluice --help".' });
}

/** Commander puts its suggestion into a second line of the message; ours goes into the hint. */
function toUsageError(error: CommanderError, program: Command, args: readonly string[]): UsageError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const help = `See "${['sluice', ...commandIn(args, program), '--help'].join(' ')}".`;
  const suggestion = rest.join(' ').replace(/^\(|\)$/g, '');
  const message = first.charAt(0).toUpperCase() + first.slice(1);
  return new UsageError(message.endsWith('.') ? message : `${message}.`, {
    hint: suggestion === '' ? help : `${suggestion} ${help}`,
  });
}

/** The names of the command that was meant and of those that it belongs to. */
function commandIn(args: readonly string[], program: Command): readonly string[] {
  const names: string[] = [];
  let command = program;
  for (const arg of args) {
    const next = command.commands.find((candidate) => candidate.name() === arg);
    if (next === undefined) continue;
    names.push(arg);
    command = next;
  }
  return names;
}

/** Known before parsing, because an error of the parsing itself must be JSON too. */
function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).includes('--json');
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
