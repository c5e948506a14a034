import type { Client } from '@temporalio/client';
import type { BlobStore } from '../../storage/blob-store.js';
import type { LogLevel, LogLine } from '../../storage/log-line.js';
import { isWanted, readStageLogs } from '../../storage/read-stage-logs.js';
import type { RunHandle } from '../run-handle.js';
import { chunkLines } from './chunk-lines.js';
import { eventSource } from './event-source.js';
import { readEvents } from './read-events.js';
import { StagePieces } from './stage-pieces.js';
import { withPieces } from './with-pieces.js';

export type LogsOptions = {
  readonly stage?: string;
  /** Lines of this level and of worse ones. @default "debug" */
  readonly level?: LogLevel;
  /** Of what was written before, only so many of the last lines. */
  readonly tail?: number;
  /** Goes on until `signal` aborts. */
  readonly follow?: boolean;
  /**
   * With `follow`: also shows what stages yield, some lines of what comes together, and ends with the run.
   * @default false
   */
  readonly chunks?: boolean;
  readonly signal?: AbortSignal;
};

/** The log lines of a run or of one stage. Empty for a client that was given no store. */
export async function* runLogs(
  { client, store }: { readonly client: Client; readonly store?: BlobStore | undefined },
  run: RunHandle,
  options: LogsOptions,
): AsyncGenerator<LogLine, void> {
  if (store === undefined) return;
  const { workflowId, runId } = run;
  const place = { workflowId, runId, ...options };
  if (options.follow !== true || options.chunks !== true) return yield* readStageLogs(store, place);
  const over = new AbortController();
  const signal = options.signal === undefined ? over.signal : AbortSignal.any([over.signal, options.signal]);
  const chunks = runChunks({ client, store }, run, { ...options, onEnd: () => over.abort() });
  yield* merged(readStageLogs(store, { ...place, signal }), chunks);
}

/** What stages yield, to the end of the run. */
async function* runChunks(
  { client, store }: { readonly client: Client; readonly store: BlobStore },
  run: RunHandle,
  { stage, level = 'debug', signal, onEnd }: LogsOptions & { readonly onEnd: () => void },
): AsyncGenerator<LogLine, void> {
  const source = eventSource(client, run);
  const events = (until: AbortSignal) => readEvents(source, { signal: until });
  const pieces = new StagePieces(store, run, stage);
  try {
    for await (const told of withPieces({ events, pieces, signal }))
      if (!('type' in told)) yield* chunkLines(told).filter(isWanted(level));
  } finally {
    onEnd();
  }
}

/** What two sources give, as it comes. */
async function* merged<T>(...sources: readonly AsyncGenerator<T, void>[]): AsyncGenerator<T, void> {
  const ask = async (source: AsyncGenerator<T, void>) => ({ source, result: await source.next() });
  const asked = new Map(sources.map((source) => [source, ask(source)]));
  try {
    while (asked.size > 0) {
      const { source, result } = await Promise.race(asked.values());
      if (result.done === true) asked.delete(source);
      else {
        asked.set(source, ask(source));
        yield result.value;
      }
    }
  } finally {
    await Promise.allSettled([...asked.values(), ...sources.map((source) => source.return())]);
  }
}
