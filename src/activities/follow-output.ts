import type { Readable } from 'node:stream';
import type { Attempt } from './attempt.js';
import { LastJson } from './command-output.js';
import { shorten } from './shorten.js';
import { splitLines } from './split-lines.js';

const LOGGED_LINE = 16 * 1024;
const TAIL_LINES = 20;
const TAIL_LINE = 500;
const IDLE_MS = 1_000;

/** What is kept of a command's output beside its log. */
export type Followed = { readonly json: LastJson; readonly tail: readonly string[] };

type Streams = { readonly stdout: Readable; readonly stderr: Readable };

export interface OutputFollower {
  /** Ends when both streams end. */
  readonly done: Promise<Followed>;
  /** The command has ended: stop reading once a process that escaped its group holds a stream open in silence. */
  commandEnded(): void;
}

/** Copies a command's output to the stage's log while it appears, at the pace at which the log can take it. */
export function followOutput(streams: Streams, attempt: Attempt): OutputFollower {
  const json = new LastJson();
  const tail: string[] = [];
  let chunks = 0;
  let isWriting = 0;
  let idle: NodeJS.Timeout | undefined;

  const keep = (line: string): void => {
    tail.push(shorten(line, TAIL_LINE));
    if (tail.length > TAIL_LINES) tail.shift();
  };
  const read = async (stream: 'stdout' | 'stderr'): Promise<void> => {
    const counted = untilDestroyed(streams[stream], () => chunks++);
    for await (const line of splitLines(counted)) {
      if (stream === 'stdout') json.add(line);
      keep(line);
      isWriting += 1;
      await attempt.log.output(stream, shorten(line, LOGGED_LINE));
      isWriting -= 1;
    }
  };
  const commandEnded = (): void => {
    let before = -1;
    idle = setInterval(() => {
      const isIdle = chunks === before && isWriting === 0;
      before = chunks;
      if (!isIdle) return;
      streams.stdout.destroy();
      streams.stderr.destroy();
    }, IDLE_MS).unref();
  };
  const done = Promise.all([read('stdout'), read('stderr')])
    .then(() => ({ json, tail }))
    .finally(() => clearInterval(idle));
  return { done, commandEnded };
}

async function* untilDestroyed(stream: Readable, onChunk: () => void): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) {
      onChunk();
      yield chunk as Uint8Array;
    }
  } catch (error) {
    if (!stream.destroyed) throw error;
  }
}
