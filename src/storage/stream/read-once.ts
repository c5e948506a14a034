import { createHash } from 'node:crypto';
import type { Json } from '../../shared/json.js';
import type { BlobStore } from '../blob-store.js';
import { STREAM_START, type StreamPosition, StreamReader } from './read-stream.js';

/** A place in a stream, with what all chunks before it add up to. */
export type StreamMark = {
  readonly at: StreamPosition;
  /** 64 hex digits; empty at the start. */
  readonly digest: string;
};

export const FIRST_MARK: StreamMark = { at: STREAM_START, digest: '' };

/** How much is taken at once. */
export type Portion = { readonly chunks: number; readonly bytes: number };

/** - `chunks`: those that come next. - `end`: nothing follows. - `nothing`: there is nothing new yet. */
export type OnceStep =
  | { readonly kind: 'chunks'; readonly chunks: readonly Json[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'nothing' };

/** A later attempt gave other chunks than those that were given already. */
export class StreamChangedError extends Error {
  override readonly name = 'StreamChangedError';
}

/**
 * Reads a stream so that each chunk is given once, also when an attempt begins it anew: the chunks that were given must
 * then come again as they were, and are passed over. Throws {@link StreamChangedError} when they do not.
 */
export class OnceReader {
  readonly #store: BlobStore;
  readonly #folder: string;
  #reader: StreamReader;
  /** What has been given. */
  #mark: StreamMark;
  /** What has been read of the attempt at hand: behind the mark only while a stream that began anew is passed over. */
  #passed: { readonly index: number; readonly digest: string };

  constructor(store: BlobStore, folder: string, mark: StreamMark = FIRST_MARK) {
    this.#store = store;
    this.#folder = folder;
    this.#reader = new StreamReader(store, folder, mark.at);
    this.#mark = mark;
    this.#passed = { index: mark.at.index, digest: mark.digest };
  }

  /** After what was given last. */
  get mark(): StreamMark {
    return this.#mark;
  }

  /** What comes next, without waiting for it. */
  async step(most: Portion): Promise<OnceStep> {
    for (;;) {
      const step = await this.#reader.step();
      switch (step.kind) {
        case 'restart':
          this.#reader = new StreamReader(this.#store, this.#folder);
          this.#passed = { index: 0, digest: '' };
          continue;
        case 'chunks': {
          const chunks = this.#take(step.chunks, most);
          if (chunks.length > 0) return { kind: 'chunks', chunks };
          continue;
        }
        case 'end':
          if (this.#passed.index < this.#mark.at.index) throw this.#changed();
          return step;
        case 'nothing':
          return step;
      }
    }
  }

  /** Passes over what was given before, and takes what fits of the rest. */
  #take(chunks: readonly Json[], most: Portion): readonly Json[] {
    const given = this.#mark.at.index;
    const taken: Json[] = [];
    let bytes = 0;
    for (const chunk of chunks) {
      const line = JSON.stringify(chunk);
      if (taken.length > 0 && (taken.length === most.chunks || bytes + line.length > most.bytes)) {
        this.#stayIn();
        break;
      }
      const index = this.#passed.index + 1;
      this.#passed = { index, digest: digestOf(this.#passed.digest, line) };
      if (index === given && this.#passed.digest !== this.#mark.digest) throw this.#changed();
      if (index <= given) continue;
      taken.push(chunk);
      bytes += line.length;
    }
    if (taken.length > 0) this.#mark = { at: this.#reader.position, digest: this.#passed.digest };
    return taken;
  }

  /** Comes back to the piece at hand, which has chunks that were not taken. */
  #stayIn(): void {
    const { attempt, piece } = this.#reader.position;
    const at = { attempt, piece: piece - 1, index: this.#passed.index };
    this.#reader = new StreamReader(this.#store, this.#folder, at);
  }

  #changed(): StreamChangedError {
    return new StreamChangedError(
      `a later attempt gave other chunks than the first ${this.#mark.at.index}, which were taken already`,
    );
  }
}

function digestOf(before: string, line: string): string {
  return createHash('sha256').update(before).update(line).digest('hex');
}
