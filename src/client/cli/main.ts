#!/usr/bin/env node
import { EXIT } from './errors.js';
import type { ExitCode } from './errors.js';
import { reportFailure, startCli } from './program.js';

// The only file that ends the process, listens to signals or names the process's own streams.

const interruption = new AbortController();
/** The exit code is decided: what still fails while the process winds down changes nothing. */
let hasEnded = false;

/** A reader that went away (`| head`) is no fault: end without a word. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok);
    throw error;
  });
}

const { session, done } = startCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
  interrupted: interruption.signal,
  interrupt: () => void process.kill(process.pid, 'SIGINT'),
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted || !session.handlesInterruption()) process.exit(EXIT.interrupted);
    interruption.abort(signal);
  });
}

// An error outside of the command's own promise, for instance in a timer of a library.
process.on('uncaughtException', (error) => void crash(error));

const exitCode = await done;
if (!hasEnded) {
  hasEnded = true;
  await exit(exitCode);
}

async function crash(error: unknown): Promise<void> {
  if (hasEnded) return;
  hasEnded = true;
  await exit(await reportFailure(session.cli, error));
}

/** What was printed reaches a pipe only after a while. */
async function exit(code: ExitCode): Promise<void> {
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(code);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}
