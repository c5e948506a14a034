import { userInfo } from 'node:os';
import type { CliContext } from './context.js';

/** Who gives this command: what `--as` says, else the user of the operating system. */
export function whoIs(cli: CliContext, as: string | undefined): string {
  if (as !== undefined) return as;
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that no name belongs to.
    return cli.env['USER'] ?? cli.env['LOGNAME'] ?? 'unknown';
  }
}
