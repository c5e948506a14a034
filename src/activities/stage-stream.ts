import type { Json } from '../shared/json.js';
import type { StageTask, StreamRef } from '../shared/task.js';
import type { BlobStore } from '../storage/blob-store.js';
import { type StreamSource, streamFolder } from '../storage/stream/stream-place.js';
import { type OnRetry, type StreamWriter, writeStream } from '../storage/stream/write-stream.js';
import { validationFailure } from './failure.js';
import type { Heartbeat } from './heartbeat.js';
import { shorten } from './shorten.js';

/** Larger ones belong into artifacts, which chunks may name. */
const LARGEST_CHUNK = 1024 * 1024;

/** Of a chunk as progress shows it. */
const SHOWN = 120;

/** The stream of an attempt, which exists from the moment on that it is opened. */
export interface StageStream {
  open(onRetry: OnRetry): Promise<void>;
  readonly published: number;
  append(chunk: Json): Promise<void>;
  end(): Promise<void>;
  /** Keeps what was given so far, should the attempt have failed. */
  abandon(): Promise<void>;
  /** What the result names it by; undefined where nothing was opened. */
  readonly ref: StreamRef | undefined;
}

/** Costs nothing for the stages that give no stream. */
export function stageStream(
  task: StageTask,
  attempt: number,
  deps: { readonly store: BlobStore; readonly heartbeat: Pick<Heartbeat, 'update'> },
): StageStream {
  const source: StreamSource = {
    workflowId: task.run.workflow_id,
    runId: task.run.id,
    stage: task.stage.id,
    ...(task.item === undefined ? {} : { item: task.item.index }),
  };
  let writer: StreamWriter | undefined;
  const open = (): StreamWriter => {
    if (writer === undefined) throw new Error('The stream of the attempt is not open.');
    return writer;
  };
  return {
    open: async (onRetry) => {
      writer = await writeStream(deps.store, source, { attempt, onRetry });
    },
    get published() {
      return writer?.published ?? 0;
    },
    append: async (chunk) => {
      const size = JSON.stringify(chunk).length;
      if (size > LARGEST_CHUNK) throw tooLarge(task, open().written.chunks, size);
      await open().append(chunk);
      deps.heartbeat.update({ partial: partialWords(open().written.chunks, chunk) });
    },
    end: () => open().end(),
    abandon: () => writer?.abandon() ?? Promise.resolve(),
    get ref() {
      return writer === undefined ? undefined : { folder: streamFolder(source), ...writer.written };
    },
  };
}

function tooLarge(task: StageTask, index: number, size: number) {
  return validationFailure(
    `Chunk ${index} of stage "${task.stage.id}" is ${size} characters of JSON; the limit is ${LARGEST_CHUNK}. Write an artifact and yield what names it.`,
  );
}

/** How far the stream is, and the last line of text in it. */
function partialWords(chunks: number, chunk: Json): string {
  const text = typeof chunk === 'string' ? chunk : JSON.stringify(chunk);
  const line = shorten(text.trimEnd().split('\n').at(-1) ?? '', SHOWN);
  return `${chunks} ${chunks === 1 ? 'chunk' : 'chunks'}${line === '' ? '' : ` · ${line}`}`;
}
