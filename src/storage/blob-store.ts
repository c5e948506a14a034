import type { Readable } from 'node:stream';
import type { StorageDriver } from '@temporalio/common';

/**
 * Bytes by key: payloads, logs, artifacts. Keys are `/`-separated segments of letters, digits and `._%=@+!'()*-`;
 * no segment may be empty, `.` or `..`. Every write is all or nothing, also when two writers use the same key.
 */
export interface BlobStore {
  /** Where the store is, for messages to people. */
  readonly location: string;
  put(key: string, data: Uint8Array | Readable, options?: PutOptions): Promise<void>;
  /** Writes only where nothing is yet: of several writers at once exactly one gets true. */
  putIfAbsent(key: string, data: Uint8Array): Promise<boolean>;
  /** Throws a {@link StoreError} with code `missing` when there is nothing under the key. */
  get(key: string): Promise<Buffer>;
  /** Like {@link BlobStore.get} for data that should not sit in memory as a whole. */
  getStream(key: string): Promise<Readable>;
  has(key: string): Promise<boolean>;
  /** Keys that start with the prefix, which must end in `/` or be empty; sorted. */
  list(prefix: string): Promise<readonly string[]>;
  /**
   * Like {@link BlobStore.list} with sizes and times, in no order, for stores that do not fit into memory. `leftovers`:
   * also what writers left behind that were killed.
   */
  entries(prefix: string, options?: { readonly leftovers?: boolean }): AsyncIterable<BlobEntry>;
  /** Removes a key; quietly does nothing when it is not there. */
  delete(key: string): Promise<void>;
  /** How Temporal's big payloads are kept here. @default as objects that are named by their content */
  readonly payloadDriver?: StorageDriver;
}

/** `durable`: return only when the data would survive a power cut. */
export type PutOptions = { readonly durable?: boolean };

/** One object of a store. `modified_at`: milliseconds since the epoch, by the clock of the store. */
export type BlobEntry = { readonly key: string; readonly size_bytes: number; readonly modified_at: number };

/**
 * - `missing`: nothing is stored under the key.
 * - `damaged`: what is stored is not what was written.
 * - `unavailable`: the store cannot be read or written.
 * - `bad_key`: the key could leave the store or cannot be stored.
 */
export type StoreErrorCode = 'missing' | 'damaged' | 'unavailable' | 'bad_key';

/** Something is wrong with the store; the message names the object and the store. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const SEGMENT = /^[A-Za-z0-9._%=@+!'()*-]{1,255}$/;

/** Throws a {@link StoreError} with code `bad_key` unless the key is safe in every kind of store. */
export function assertKey(key: string): void {
  const segments = key.split('/');
  const isSafe = segments.every((part) => SEGMENT.test(part) && part !== '.' && part !== '..');
  if (!isSafe || key.length > 1000) {
    throw new StoreError('bad_key', `"${key.slice(0, 200)}" cannot be used as a key in the store.`);
  }
}
