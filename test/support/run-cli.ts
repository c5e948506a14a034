import { PassThrough, Readable } from 'node:stream';
import type { CliIo } from '../../src/client/cli/context.js';
import { startCli } from '../../src/client/cli/program.js';

export type CliOutcome = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Stdout as the one JSON document that it must be. */
  readonly json: () => unknown;
};

export type CliOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
  /** Pretend that stdout and stderr are a terminal of this width. */
  readonly columns?: number;
  readonly interrupted?: AbortSignal;
};

/** Runs one command line in this process and captures what it prints. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliOutcome> {
  const stdout = captured(options.columns);
  const stderr = captured(options.columns);
  const io: CliIo = {
    stdout: stdout.stream,
    stderr: stderr.stream,
    stdin: Readable.from(options.stdin === undefined ? [] : [options.stdin]),
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
    ...(options.interrupted === undefined ? {} : { interrupted: options.interrupted }),
  };
  const exitCode = await startCli(args, io).done;
  return {
    exitCode,
    stdout: stdout.text(),
    stderr: stderr.text(),
    json: () => JSON.parse(stdout.text()) as unknown,
  };
}

function captured(columns: number | undefined) {
  const chunks: string[] = [];
  const stream = new PassThrough({ decodeStrings: false });
  stream.on('data', (chunk: string | Buffer) => chunks.push(chunk.toString()));
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  return { stream: Object.assign(stream, terminal), text: () => chunks.join('') };
}
