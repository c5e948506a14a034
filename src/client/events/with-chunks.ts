import type { BlobStore } from '../../storage/blob-store.js';
import { type Cursor, readCursor, writeCursor } from './cursor.js';
import type { RunEvent, RunEventBody } from './run-event.js';
import { type StagePiece, StagePieces } from './stage-pieces.js';
import { readStreamCursor, writeStreamCursor } from './stage-stream.js';
import { type PiecesOptions, withPieces } from './with-pieces.js';

/**
 * Events of a run with a `stage_chunk` for each chunk. Every cursor then also tells where the streams of open stages are,
 * so that one goes on after a chunk as after any other event.
 */
export async function* withChunks(
  events: PiecesOptions['events'],
  run: { readonly workflowId: string; readonly runId: string; readonly store: BlobStore },
  { after, signal }: { readonly after?: string; readonly signal?: AbortSignal },
): AsyncGenerator<RunEvent, void> {
  const pieces = new StagePieces(run.store, run);
  let place: Cursor | null = after === undefined ? null : readCursor(after);
  const streams = new Map(Object.entries(place?.streams ?? {}));
  for (const [stage, position] of streams) pieces.open(stage, readStreamCursor(position));
  const cursor = (): string =>
    place === null ? '' : writeCursor({ ...place, streams: Object.fromEntries(streams) });
  for await (const told of withPieces({ events, pieces, signal })) {
    if (!('type' in told)) {
      for (const [position, event] of eventsOf(told)) {
        streams.set(told.stage, position);
        yield { ...event, cursor: cursor() };
      }
      continue;
    }
    place = readCursor(told.cursor);
    if (told.type === 'stage_started') streams.set(told.stage, START);
    if (told.type === 'stage_completed') streams.delete(told.stage);
    yield { ...told, cursor: cursor() };
  }
}

const START = writeStreamCursor({ attempt: 0, piece: 0, index: 0 });

type ChunkEvent = Extract<RunEventBody, { type: 'stage_chunk' | 'stage_chunks_restarted' }>;

/** The chunks of a piece one by one, each with the place after it. */
function* eventsOf({
  stage,
  step,
  position,
}: StagePiece): Generator<readonly [position: string, event: ChunkEvent]> {
  if (step.kind === 'restart') {
    const { index, attempt } = step;
    yield [writeStreamCursor(position), { type: 'stage_chunks_restarted', stage, index, attempt }];
    return;
  }
  const last = step.chunks.length - 1;
  for (const [i, chunk] of step.chunks.entries()) {
    const index = step.first + i;
    // Within a piece one goes on in the same piece.
    const at = { ...position, piece: i === last ? position.piece : position.piece - 1, index: index + 1 };
    yield [writeStreamCursor(at), { type: 'stage_chunk', at: step.at, stage, index, chunk }];
  }
}
