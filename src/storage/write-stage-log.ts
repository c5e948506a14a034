import type { BlobStore } from './blob-store.js';
import type { LogLine, LogSource } from './log-line.js';
import { runFolder } from './run-folder.js';

const FLUSH_MS = 500;
const FLUSH_BYTES = 64 * 1024;
const BACKLOG_BYTES = 1024 * 1024;

export interface StageLogWriter {
  write(line: Omit<LogLine, 'stage' | 'item' | 'attempt'>): void;
  /** Resolves at once unless the store is far behind; writers of much output await it between lines. */
  ready(): Promise<void>;
  /** Writes what is left. Writes nothing at all when no line was ever written. */
  close(): Promise<void>;
}

/**
 * Appends to the log of one attempt, as JSON-lines objects that are never changed once written. A store that fails
 * loses the lines and is reported once: a log must not fail the stage it tells about.
 */
export function writeStageLog(
  store: BlobStore,
  source: LogSource,
  onError: (error: unknown) => void = () => undefined,
): StageLogWriter {
  const { stage, item, attempt } = source;
  // Items of a map share the folder of their stage.
  const prefix = `${runFolder('logs', source)}${item === undefined ? '' : `${item}-`}`;
  const from = { stage, attempt, ...(item === undefined ? {} : { item }) };
  let pending: string[] = [];
  let pendingBytes = 0;
  let writingBytes = 0;
  let sequence = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  let hasFailed = false;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (pending.length === 0) return;
    const chunk = Buffer.from(pending.join(''));
    const key = `${prefix}${String(sequence++).padStart(8, '0')}.jsonl`;
    pending = [];
    pendingBytes = 0;
    writingBytes += chunk.byteLength;
    writing = writing
      .then(() => store.put(key, chunk))
      .catch((error: unknown) => {
        if (!hasFailed) onError(error);
        hasFailed = true;
      })
      .finally(() => (writingBytes -= chunk.byteLength));
  };

  return {
    write: (line) => {
      const text = `${JSON.stringify({ ...line, ...from })}\n`;
      pending.push(text);
      pendingBytes += text.length;
      if (pendingBytes >= FLUSH_BYTES) flush();
      else timer ??= setTimeout(flush, FLUSH_MS).unref();
    },
    ready: () => (writingBytes > BACKLOG_BYTES ? writing : Promise.resolve()),
    close: () => {
      flush();
      return writing;
    },
  };
}
