import { setTimeout as delay } from 'node:timers/promises';
import { type BlobStore, StoreError } from './blob-store.js';
import { LOG_LEVELS, type LogLevel, type LogLine } from './log-line.js';
import { runFolder } from './run-folder.js';

export type ReadLogsOptions = {
  readonly workflowId: string;
  readonly runId: string;
  /** One stage; all stages of the run when left out. */
  readonly stage?: string;
  /** Lines of this level and of worse ones. @default "debug" */
  readonly level?: LogLevel;
  /** Of what was written before, only so many of the last lines. */
  readonly tail?: number;
  /** Goes on until `signal` aborts, then gives what was written up to then and ends. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
  /** How often a followed log is looked at. @default 500 */
  readonly pollMs?: number;
};

/** The log of a run or a stage, in order of time. Ends at once when nothing was logged and it is not followed. */
export async function* readStageLogs(store: BlobStore, options: ReadLogsOptions): AsyncGenerator<LogLine> {
  const prefix = runFolder('logs', options);
  const seen = new Set<string>();
  let { tail } = options;
  for (;;) {
    // Read before looking at the signal, so that the last lines before an abort are not lost.
    const isLast = options.follow !== true || options.signal?.aborted === true;
    const lines = (await newLines(store, prefix, seen)).filter(isWanted(options.level));
    yield* tail === undefined ? lines : lines.slice(Math.max(0, lines.length - tail));
    tail = undefined;
    if (isLast) return;
    await pause(options.pollMs ?? 500, options.signal);
  }
}

/** True for lines of a level and of worse ones. */
export function isWanted(level: LogLevel = 'debug'): (line: LogLine) => boolean {
  const least = LOG_LEVELS.indexOf(level);
  return (line) => LOG_LEVELS.indexOf(line.level) >= least;
}

async function newLines(store: BlobStore, prefix: string, seen: Set<string>): Promise<readonly LogLine[]> {
  const keys = (await store.list(prefix)).filter((key) => key.endsWith('.jsonl') && !seen.has(key));
  const lines: LogLine[] = [];
  for (const key of keys) {
    seen.add(key);
    lines.push(...(await readChunk(store, key)));
  }
  // Sorting is stable: lines of one attempt that share a millisecond keep their order.
  return lines.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

async function readChunk(store: BlobStore, key: string): Promise<LogLine[]> {
  const text = (await store.get(key)).toString('utf8');
  try {
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): LogLine => JSON.parse(line));
  } catch (cause) {
    throw new StoreError('damaged', `The log "${key}" in ${store.location} is not valid JSON lines.`, {
      cause,
    });
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
