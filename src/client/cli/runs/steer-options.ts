import type { Command } from 'commander';

/** Adds `--as` and `--reason`. */
export function addSteerOptions(command: Command): Command {
  return command
    .option('--as <name>', 'who does it (default: the user of the operating system)')
    .option('--reason <text>', "why; kept in the run's result");
}

/** Adds what makes a command reach for several runs. */
export function addMatchOptions(command: Command): Command {
  return command
    .option('--pipeline <name>', 'all running runs of a pipeline, in place of one run')
    .option('--query <query>', 'all running runs that a visibility query finds')
    .option('--yes', 'do not ask before steering several runs');
}

/** Gathers the values of an option that may be given again. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
