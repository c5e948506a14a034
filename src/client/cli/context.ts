import type { Readable, Writable } from 'node:stream';
import pc from 'picocolors';
import { EXIT } from './errors.js';
import type { ExitCode } from './errors.js';

/** The terminal side of a stream: Node sets these on the streams of a terminal only. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };
export type InputStream = Readable & {
  readonly isTTY?: boolean;
  readonly setRawMode?: (isRaw: boolean) => unknown;
};

export type Colours = ReturnType<typeof pc.createColors>;

/** The world outside the command: everything that a test replaces. */
export type CliIo = {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: InputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted by Ctrl-C and SIGTERM; see {@link CliContext.interruption}. */
  readonly interrupted?: AbortSignal;
  /** Does what Ctrl-C does; without it keys are not read. */
  readonly interrupt?: () => void;
};

/** What every command gets. Results go to stdout, everything for people to stderr. */
export type CliContext = CliIo & {
  /** `--json` was given: exactly one JSON document goes to stdout. */
  readonly isJson: boolean;
  readonly isTty: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** Separate for the two streams, since either may be redirected alone. */
  readonly colours: { readonly stdout: Colours; readonly stderr: Colours };
  /** Columns of the terminal behind stderr, or of stdout. @default 100 */
  readonly width: number;
  /** Writes one JSON document to stdout. */
  json(value: unknown): void;
  /** Writes a line of the result to stdout. */
  print(text: string): void;
  /** Writes a line for people to stderr. */
  note(text: string): void;
  /** Ends the command with this code once its action has returned. The last call wins. @default 0 */
  exitWith(code: ExitCode): void;
  /**
   * Aborted by Ctrl-C and SIGTERM, with the signal's name as the reason. Calling it takes over the first signal: the
   * command must then end by itself. A command that never calls it is ended at once with code 130.
   */
  interruption(): AbortSignal;
};

/** A context and what the command left in it. */
export type CliSession = {
  readonly cli: CliContext;
  readonly exitCode: () => ExitCode;
  readonly handlesInterruption: () => boolean;
};

export function createSession(io: CliIo, isJson: boolean): CliSession {
  let exitCode: ExitCode = EXIT.ok;
  let handlesInterruption = false;
  const interrupted = io.interrupted ?? new AbortController().signal;
  const cli: CliContext = {
    ...io,
    isJson,
    isTty: {
      stdin: io.stdin.isTTY === true,
      stdout: io.stdout.isTTY === true,
      stderr: io.stderr.isTTY === true,
    },
    colours: { stdout: coloursOf(io, io.stdout), stderr: coloursOf(io, io.stderr) },
    width: io.stderr.columns ?? io.stdout.columns ?? 100,
    json: (value) => void io.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    print: (text) => void io.stdout.write(`${text}\n`),
    note: (text) => void io.stderr.write(`${text}\n`),
    exitWith: (code) => {
      exitCode = code;
    },
    interruption: () => {
      handlesInterruption = true;
      return interrupted;
    },
  };
  return { cli, exitCode: () => exitCode, handlesInterruption: () => handlesInterruption };
}

/** https://no-color.org: any value that is not empty turns colours off. */
function coloursOf(io: CliIo, stream: OutputStream): Colours {
  const isOff = (io.env['NO_COLOR'] ?? '') !== '' || io.env['TERM'] === 'dumb';
  return pc.createColors(stream.isTTY === true && !isOff);
}
