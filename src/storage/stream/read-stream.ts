import { setTimeout as delay } from 'node:timers/promises';
import type { Json } from '../../shared/json.js';
import type { BlobStore } from '../blob-store.js';
import {
  pieceKey,
  readEnd,
  readManifest,
  readPiece,
  type StreamManifest,
  type StreamPart,
} from './stream-place.js';

/** A place in a stream, after so many chunks. */
export type StreamPosition = {
  /** The attempt that is read, 0 before there is one. */
  readonly attempt: number;
  /** The piece of the attempt that comes next, or that is read. */
  readonly piece: number;
  /** Chunks that were taken in. */
  readonly index: number;
};

export const STREAM_START: StreamPosition = { attempt: 0, piece: 0, index: 0 };

/**
 * - `chunks`: consecutive chunks, the first one at `first`.
 * - `restart`: a later attempt begins anew: what was given from `index` on does not count, and comes again.
 * - `end`: nothing follows.
 * - `nothing`: there is nothing new yet.
 */
export type StreamStep =
  | { readonly kind: 'chunks'; readonly first: number; readonly chunks: readonly Json[]; readonly at: string }
  | { readonly kind: 'restart'; readonly index: number; readonly attempt: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'nothing' };

/** Reads a stream from a place on, a piece at a time. Holds no more than that piece. */
export class StreamReader {
  readonly #store: BlobStore;
  readonly #folder: string;
  #manifest: StreamManifest | null = null;
  #at: StreamPosition;

  constructor(store: BlobStore, folder: string, from: StreamPosition = STREAM_START) {
    this.#store = store;
    this.#folder = folder;
    this.#at = from;
  }

  /** After what was given last. */
  get position(): StreamPosition {
    return this.#at;
  }

  /** What comes next, without waiting for it. */
  async step(): Promise<StreamStep> {
    for (;;) {
      const found = await this.#readPiece();
      if (found?.kind === 'chunks' && found.chunks.length === 0) continue;
      if (found !== null) return found;
      const step = await this.#lookAround();
      if (step !== 'again') return step;
    }
  }

  /** The rest of the piece at hand. Null where it is not there yet, or belongs to nobody any more. */
  async #readPiece(): Promise<StreamStep | null> {
    const { attempt, piece, index } = this.#at;
    if (attempt === 0) return null;
    const found = await readPiece(this.#store, pieceKey(this.#folder, attempt, piece));
    if (found === null) return null;
    const rest = found.chunks.slice(Math.max(0, index - found.first));
    const next = this.#next()?.from ?? Infinity;
    const chunks = index + rest.length > next ? rest.slice(0, Math.max(0, next - index)) : rest;
    if (chunks.length === 0 && index >= next) return null;
    this.#at = { attempt, piece: piece + 1, index: index + chunks.length };
    return { kind: 'chunks', first: index, chunks, at: found.at };
  }

  /** There is no piece: finds out whether another attempt goes on, or the stream has ended. */
  async #lookAround(): Promise<StreamStep | 'again'> {
    const { attempt, index } = this.#at;
    const manifest = await readManifest(this.#store, this.#folder);
    this.#manifest = manifest;
    if (manifest === null) return { kind: 'nothing' };
    if (!manifest.parts.some((part) => part.attempt === attempt)) return this.#beginAnew(manifest);
    const next = this.#next();
    if (next === null) return this.#lookForEnd();
    if (index < next.from) return { kind: 'nothing' };
    this.#at = { attempt: next.attempt, piece: 0, index: next.from };
    return index > next.from ? { kind: 'restart', index: next.from, attempt: next.attempt } : 'again';
  }

  #beginAnew({ parts }: StreamManifest): StreamStep | 'again' {
    const { index } = this.#at;
    const attempt = parts[0]?.attempt ?? 0;
    this.#at = { attempt, piece: 0, index: 0 };
    return index > 0 ? { kind: 'restart', index: 0, attempt } : 'again';
  }

  async #lookForEnd(): Promise<StreamStep | 'again'> {
    const { attempt, index } = this.#at;
    const end = await readEnd(this.#store, this.#folder, attempt);
    if (end === null) return { kind: 'nothing' };
    // The last pieces may have come after the look for them.
    return end.chunks <= index ? { kind: 'end' } : 'again';
  }

  /** The part after the one at hand. */
  #next(): StreamPart | null {
    const parts = this.#manifest?.parts ?? [];
    const here = parts.findIndex((part) => part.attempt === this.#at.attempt);
    return here === -1 ? null : (parts[here + 1] ?? null);
  }
}

export type FollowStreamOptions = {
  readonly from?: StreamPosition;
  /** Waits for what is still to come. Without it what is there is given. @default true */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
  /** How often is looked for more. @default 200 */
  readonly pollMs?: number;
  /** Asked now and then while nothing comes: true when nothing more will. */
  readonly isOver?: () => Promise<boolean>;
};

/** So many looks in vain pass between two questions whether anything will come at all. */
const LOOKS_A_QUESTION = 5;

/** The steps of a stream to its end. Each comes with the place after it. */
export async function* followStream(
  store: BlobStore,
  folder: string,
  options: FollowStreamOptions = {},
): AsyncGenerator<{ readonly step: StreamStep; readonly position: StreamPosition }, void> {
  const { follow = true, signal, isOver, pollMs = 200 } = options;
  const reader = new StreamReader(store, folder, options.from);
  let idle = 0;
  let wasOver = false;
  const isStopped = (): boolean => signal?.aborted === true;
  while (!isStopped()) {
    const step = await reader.step();
    if (step.kind === 'chunks' || step.kind === 'restart') {
      idle = 0;
      yield { step, position: reader.position };
      continue;
    }
    if (step.kind === 'end' || !follow || wasOver) return;
    idle += 1;
    // What was written before it was over is read once more.
    if (isOver !== undefined && idle % LOOKS_A_QUESTION === 0) wasOver = await isOver();
    if (!wasOver)
      await delay(pollMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}
