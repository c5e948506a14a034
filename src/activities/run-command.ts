import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { ERROR_TYPE } from '../shared/names.js';
import type { StageTask } from '../shared/task.js';
import type { Attempt } from './attempt.js';
import { checkSchema } from './check-schema.js';
import { commandEnvironment } from './command-environment.js';
import { createOutputFile, type LastJson } from './command-output.js';
import { stageFailure } from './failure.js';
import { followOutput } from './follow-output.js';
import { prepareGuard } from './group-guard.js';
import type { LaunchedCommand } from './launch-command.js';
import { endGroup, forgetGroup, terminateGroup, trackGroup } from './process-group.js';
import type { Produced } from './run-attempt.js';
import { type Environment, fillSecrets } from './secrets.js';
import { shorten } from './shorten.js';

const DEFAULT_GRACE_MS = 10_000;

const scalar = z
  .union([z.string(), z.number(), z.boolean()], {
    error: ({ input }) => `must be text, a number, true or false, and is ${kindOf(input)}`,
  })
  .transform(String);
const commandParams = z.object({
  command: z.union([z.string(), z.array(scalar).min(1)]),
  env: z.record(z.string(), z.json()).default({}),
  cwd: z.string().nullish(),
  grace_ms: z.number().nonnegative().default(DEFAULT_GRACE_MS),
});
type Command = z.output<typeof commandParams>;
type CommandDeps = { readonly env: Environment; readonly projectDir: string };

/** How long a command may go on after it was told to stop. */
export function commandGraceMs(task: StageTask): number {
  const parsed = commandParams.safeParse(task.params);
  return parsed.success ? parsed.data.grace_ms : DEFAULT_GRACE_MS;
}

/**
 * Runs a command in a process group of its own, which ends with the stage: nothing it started is left behind. Its
 * output is what it wrote to the file `$SLUICE_OUTPUT`, or else its last line of JSON.
 */
export async function runCommand(attempt: Attempt, deps: CommandDeps): Promise<Produced> {
  const command = await checkSchema(
    commandParams,
    fillSecrets(attempt.task, deps.env),
    'The command does not fit',
  );
  const folder = resolve(deps.projectDir, command.cwd ?? '.');
  await assertFolder(folder);
  const file = await createOutputFile();
  try {
    const env = commandEnvironment(attempt, deps.env, command.env, file.path);
    const printed = await execute(command, { cwd: folder, env }, attempt);
    return { output: (await file.read()) ?? printed.value(), folder };
  } finally {
    await file.remove();
  }
}

async function execute(
  command: Command,
  place: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  attempt: Attempt,
): Promise<LastJson> {
  const { launchCommand } = await import('./launch-command.js');
  const { signal } = attempt.stopped;
  signal.throwIfAborted();
  prepareGuard();
  const { child, letGo, isMissing } = launchCommand(wordsOf(command), place);
  const { pid } = child;
  if (pid === undefined) throw notStarted(command, (await child).originalMessage);
  const output = followOutput(child, attempt);
  trackGroup(pid, letGo);
  let terminated = Promise.resolve();
  const onAbort = (): void => void (terminated = terminateGroup(pid, command.grace_ms));
  signal.addEventListener('abort', onAbort, { once: true });
  child.once('exit', () => {
    // What a command left in the background would hold its streams open for ever.
    if (!signal.aborted) endGroup(pid);
    output.commandEnded();
  });
  try {
    const { json, tail } = await output.done;
    const result = await child;
    await terminated;
    signal.throwIfAborted();
    if (isMissing()) throw notStarted(command, 'it was not found on this worker');
    if (result.exitCode !== 0) throw commandFailed(command, result, tail);
    return json;
  } finally {
    signal.removeEventListener('abort', onAbort);
    forgetGroup(pid);
  }
}

function wordsOf({ command }: Command): readonly string[] {
  return typeof command === 'string' ? ['sh', '-e', '-c', command] : command;
}

async function assertFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() === true) return;
  const message = `The command's folder ${folder} does not exist on this worker. Correct \`cwd\`, or make the folder first.`;
  throw stageFailure(ERROR_TYPE.commandNotFound, message, { nonRetryable: true });
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `an ${typeof value}`;
}

type Ended = Awaited<LaunchedCommand['child']>;

function notStarted(command: Command, why = 'no reason given'): Error {
  const message = `The command ${shown(command)} could not be started: ${why}.`;
  return stageFailure(ERROR_TYPE.commandNotFound, message, { nonRetryable: true });
}

function commandFailed(command: Command, result: Ended, tail: readonly string[]): Error {
  const how =
    result.exitCode === undefined
      ? `was ended by ${result.signal ?? 'a signal'}`
      : `exited with code ${result.exitCode}`;
  const lines = tail.length === 0 ? ' It printed nothing.' : ` Its last lines:\n${tail.join('\n')}`;
  return stageFailure(ERROR_TYPE.command, `The command ${shown(command)} ${how}.${lines}`);
}

function shown(command: Command): string {
  const text = typeof command.command === 'string' ? command.command.trim() : command.command.join(' ');
  return `"${shorten(text.split('\n')[0] ?? '', 120)}"`;
}
