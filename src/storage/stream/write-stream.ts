import type { Json } from '../../shared/json.js';
import type { BlobStore } from '../blob-store.js';
import {
  endKey,
  manifestKey,
  pieceKey,
  readManifest,
  readPiece,
  type StreamEnd,
  type StreamManifest,
  type StreamPart,
  streamFolder,
  type StreamSource,
  writePiece,
} from './stream-place.js';

/** A piece is written when it is this large, or this old. */
const PIECE_BYTES = 256 * 1024;
const PIECE_MS = 200;

/**
 * What a new attempt does with what the ones before it wrote:
 * - `restart`: its chunks take their place; readers are told.
 * - `continue`: its chunks come after them.
 */
export type OnRetry = 'restart' | 'continue';

export interface StreamWriter {
  /** Chunks that earlier attempts left, when this one continues. */
  readonly published: number;
  /** Chunks in the stream, and their size as JSON. */
  readonly written: StreamEnd;
  /** Resolves once there is room for more: at most one piece is being written and one waits. */
  append(chunk: Json): Promise<void>;
  /** Writes what is left, and that nothing follows. Throws when a piece could not be written. */
  end(): Promise<void>;
  /** Writes what is left of an attempt that failed; another one may go on. */
  abandon(): Promise<void>;
}

/**
 * Writes a stream as objects that are never changed once written. Safe to run twice: each attempt writes to a place of
 * its own, and the manifest names the one that counts.
 */
export async function writeStream(
  store: BlobStore,
  source: StreamSource,
  options: { readonly attempt: number; readonly onRetry: OnRetry },
): Promise<StreamWriter> {
  const folder = streamFolder(source);
  const earlier = (await readManifest(store, folder))?.parts ?? [];
  // A stage that a person has tried again counts its attempts from 1 once more.
  const attempt = Math.max(options.attempt, 1 + (earlier.at(-1)?.attempt ?? 0));
  const kept = options.onRetry === 'continue' ? earlier : [];
  const before = await writtenIn(store, folder, kept);
  const manifest: StreamManifest = { parts: [...kept, { attempt, from: before.chunks }] };
  await store.put(manifestKey(folder), Buffer.from(JSON.stringify(manifest)));
  return new PieceWriter(store, { folder, attempt }, before);
}

/** What attempts before this one left. What they write from now on does not count. */
async function writtenIn(store: BlobStore, folder: string, parts: readonly StreamPart[]): Promise<StreamEnd> {
  const last = parts.at(-1);
  if (last === undefined) return { chunks: 0, bytes: 0 };
  const keys = (await store.list(`${folder}${last.attempt}/`)).filter((key) => key.endsWith('.jsonl'));
  const piece =
    keys.length === 0 ? null : await readPiece(store, pieceKey(folder, last.attempt, keys.length - 1));
  if (piece === null) {
    const { bytes } = await writtenIn(store, folder, parts.slice(0, -1));
    return { chunks: last.from, bytes };
  }
  const bytes = piece.chunks.reduce<number>((sum, chunk) => sum + sizeOf(JSON.stringify(chunk)), piece.bytes);
  return { chunks: piece.first + piece.chunks.length, bytes };
}

class PieceWriter implements StreamWriter {
  readonly published: number;
  readonly #store: BlobStore;
  readonly #place: { readonly folder: string; readonly attempt: number };
  #first: number;
  #chunks: number;
  #bytes: number;
  #pending: string[] = [];
  #pendingBytes = 0;
  #number = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(store: BlobStore, place: { folder: string; attempt: number }, before: StreamEnd) {
    this.#store = store;
    this.#place = place;
    this.published = before.chunks;
    this.#first = before.chunks;
    this.#chunks = before.chunks;
    this.#bytes = before.bytes;
  }

  get written(): StreamEnd {
    return { chunks: this.#chunks, bytes: this.#bytes };
  }

  async append(chunk: Json): Promise<void> {
    this.#throwFailure();
    const line = JSON.stringify(chunk);
    this.#pending.push(line);
    this.#pendingBytes += sizeOf(line);
    this.#bytes += sizeOf(line);
    this.#chunks += 1;
    if (this.#pendingBytes < PIECE_BYTES) {
      this.#timer ??= setTimeout(() => this.#flush(), PIECE_MS).unref();
      return;
    }
    if (this.#isWriting) await this.#writing;
    this.#flush();
  }

  async end(): Promise<void> {
    await this.abandon();
    this.#throwFailure();
    const { folder, attempt } = this.#place;
    await this.#store.put(endKey(folder, attempt), Buffer.from(JSON.stringify(this.written)));
  }

  async abandon(): Promise<void> {
    await this.#writing;
    this.#flush();
    await this.#writing;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // What waits goes along with the piece after the one that is being written.
    if (this.#pending.length === 0 || this.#isWriting || this.#failure !== null) return;
    const bytes = this.#bytes - this.#pendingBytes;
    const piece = writePiece({ first: this.#first, at: new Date().toISOString(), bytes }, this.#pending);
    const { folder, attempt } = this.#place;
    const key = pieceKey(folder, attempt, this.#number);
    this.#number += 1;
    this.#first = this.#chunks;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#isWriting = true;
    this.#writing = this.#store
      .put(key, piece)
      .catch((error: unknown) => {
        this.#failure = { error };
      })
      .finally(() => {
        this.#isWriting = false;
        if (this.#pending.length > 0) this.#timer ??= setTimeout(() => this.#flush(), PIECE_MS).unref();
      });
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}

function sizeOf(line: string): number {
  return Buffer.byteLength(line);
}
