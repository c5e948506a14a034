import { z } from 'zod';
import type { Json } from '../../shared/json.js';
import type { BlobStore } from '../../storage/blob-store.js';
import { followStream, STREAM_START, type StreamPosition } from '../../storage/stream/read-stream.js';
import { streamFolder, type StreamSource } from '../../storage/stream/stream-place.js';
import { badCursor } from './cursor.js';

/**
 * What a stage gives while it runs.
 *
 * - `chunk`: the next one; `index` counts from 0.
 * - `restart`: an attempt failed and the next one begins anew: chunks from `index` on do not count, and come again.
 */
export type StreamItem<T extends Json = Json> = (
  | { readonly type: 'chunk'; readonly index: number; readonly chunk: T }
  | { readonly type: 'restart'; readonly index: number; readonly attempt: number }
) & {
  /** Where to go on after it. */
  readonly cursor: string;
};

export type StreamOptions = {
  /** The `cursor` of the last item that was taken in. @default the start */
  readonly after?: string;
  /** Waits for what is still to come, to the end of the stage. @default true */
  readonly follow?: boolean;
  /** Of a stage with `map`: the position of the item whose stream it is. */
  readonly item?: number;
  /** Ends the reading, never the stage. */
  readonly signal?: AbortSignal;
};

/** The chunks of a stage, one by one. Holds no more than one piece of them, of some 256 KiB. */
export async function* readStageStream<T extends Json>(
  store: BlobStore,
  source: StreamSource,
  options: StreamOptions & { readonly isOver: () => Promise<boolean> },
): AsyncGenerator<StreamItem<T>, void> {
  const { after, follow = true, signal, isOver } = options;
  const from = after === undefined ? STREAM_START : readStreamCursor(after);
  const rest = { follow, isOver, from, ...(signal === undefined ? {} : { signal }) };
  for await (const { step, position } of followStream(store, streamFolder(source), rest)) {
    if (step.kind === 'restart') {
      yield {
        type: 'restart',
        index: step.index,
        attempt: step.attempt,
        cursor: writeStreamCursor(position),
      };
    }
    if (step.kind !== 'chunks') continue;
    for (const [i, chunk] of step.chunks.entries()) {
      const index = step.first + i;
      // Within a piece one goes on in the same piece.
      const isLast = i === step.chunks.length - 1;
      const cursor = writeStreamCursor({
        ...position,
        piece: isLast ? position.piece : position.piece - 1,
        index: index + 1,
      });
      yield { type: 'chunk', index, chunk: chunk as T, cursor };
    }
  }
}

const shape = z.tuple([z.number().int().min(0), z.number().int().min(0), z.number().int().min(0)]);

/** A place in a stream as text. */
export function writeStreamCursor({ attempt, piece, index }: StreamPosition): string {
  return [attempt, piece, index].join('.');
}

/** Throws a `ClientError` with code `bad_cursor` for anything but the cursor of a stream. */
export function readStreamCursor(text: string): StreamPosition {
  const parsed = shape.safeParse(/^\d+\.\d+\.\d+$/.test(text) ? text.split('.').map(Number) : null);
  if (!parsed.success) throw badCursor(`"${text.slice(0, 80)}" is not the cursor of a stream.`);
  const [attempt, piece, index] = parsed.data;
  return { attempt, piece, index };
}
