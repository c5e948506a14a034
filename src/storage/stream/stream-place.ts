import type { Json } from '../../shared/json.js';
import { type BlobStore, StoreError } from '../blob-store.js';
import { runFolder } from '../run-folder.js';

/** Whose stream it is. An item of a map has one of its own. */
export type StreamSource = {
  readonly workflowId: string;
  readonly runId: string;
  readonly stage: string;
  readonly item?: number;
};

/** The prefix of all that belongs to a stream. */
export function streamFolder(source: StreamSource): string {
  const folder = runFolder('streams', source);
  return source.item === undefined ? folder : `${folder}items/${source.item}/`;
}

/**
 * What a stream is made of. Each attempt writes pieces of its own, numbered from 0; a part begins where the one before
 * ends, and only the last one may still grow. An attempt that starts the stream anew leaves a single part.
 */
export type StreamManifest = { readonly parts: readonly StreamPart[] };

/** `from`: the index of its first chunk in the stream. */
export type StreamPart = { readonly attempt: number; readonly from: number };

/**
 * Consecutive chunks, `first` being the index of the first one; `at` is when they were written, in ISO 8601. `bytes`: the
 * size of all chunks before them.
 */
export type StreamPiece = {
  readonly first: number;
  readonly at: string;
  readonly bytes: number;
  readonly chunks: readonly Json[];
};

/** What the last attempt leaves: nothing follows. */
export type StreamEnd = { readonly chunks: number; readonly bytes: number };

export function pieceKey(folder: string, attempt: number, number: number): string {
  return `${folder}${attempt}/${String(number).padStart(8, '0')}.jsonl`;
}

export function endKey(folder: string, attempt: number): string {
  return `${folder}${attempt}/end.json`;
}

export function manifestKey(folder: string): string {
  return `${folder}stream.json`;
}

/** Null where there is nothing yet. */
export async function readManifest(store: BlobStore, folder: string): Promise<StreamManifest | null> {
  return readJson<StreamManifest>(store, manifestKey(folder));
}

/** Null where the attempt has not ended, or failed. */
export async function readEnd(store: BlobStore, folder: string, attempt: number): Promise<StreamEnd | null> {
  return readJson<StreamEnd>(store, endKey(folder, attempt));
}

/** Null where it is not written yet. */
export async function readPiece(store: BlobStore, key: string): Promise<StreamPiece | null> {
  const text = await readText(store, key);
  if (text === null) return null;
  const [head = '', ...lines] = text.trimEnd().split('\n');
  try {
    const { first, at, bytes = 0 } = JSON.parse(head) as WrittenHead;
    return { first, at, bytes, chunks: lines.map((line): Json => JSON.parse(line)) };
  } catch (cause) {
    throw damaged(store, key, cause);
  }
}

/** JSON Lines: the place of the chunks, then a chunk on each line. */
export function writePiece(head: Omit<StreamPiece, 'chunks'>, lines: readonly string[]): Buffer {
  return Buffer.from(`${JSON.stringify(head)}\n${lines.join('\n')}\n`);
}

/** Pieces of earlier versions do not know what is before them. */
type WrittenHead = Pick<StreamPiece, 'first' | 'at'> & { readonly bytes?: number };

async function readJson<T>(store: BlobStore, key: string): Promise<T | null> {
  const text = await readText(store, key);
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw damaged(store, key, cause);
  }
}

async function readText(store: BlobStore, key: string): Promise<string | null> {
  try {
    return (await store.get(key)).toString('utf8');
  } catch (error) {
    if (error instanceof StoreError && error.code === 'missing') return null;
    throw error;
  }
}

function damaged(store: BlobStore, key: string, cause: unknown): StoreError {
  return new StoreError(
    'damaged',
    `The piece "${key}" of a stream in ${store.location} is not what was written.`,
    {
      cause,
    },
  );
}
