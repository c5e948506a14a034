import type { Command } from 'commander';
import type { CliContext } from './context.js';

/** Adds one command. Its action imports what is heavy only when it runs, so that `sluice --help` starts fast. */
export type Register = (program: Command, cli: CliContext) => void;

/** Every command, in the order and under the headings of `sluice --help`. */
export const REGISTRATIONS: ReadonlyArray<readonly [heading: string, commands: readonly Register[]]> = [
  ['Project', []],
  ['Pipelines', []],
  ['Runs', []],
  ['Servers', []],
];
