import { createHash } from 'node:crypto';
import type { TaskResult } from '../shared/task.js';
import { type BlobStore, StoreError } from './blob-store.js';
import { firstLine } from './first-line.js';

/** What is known of a cached result without reading it. Times are ISO 8601 in UTC. */
export type CacheFacts = {
  /** 64 hex digits, made of what the result depends on. */
  readonly key: string;
  readonly pipeline: string;
  readonly stage: string;
  /** The stage function, or the kind of a built-in stage. */
  readonly function: string;
  /** The run that made it. */
  readonly workflow_id: string;
  readonly run_id: string;
  readonly created_at: string;
  /** How long the stage that made it would use it; null is without end. */
  readonly max_age_ms: number | null;
};

export type CachedResult = { readonly facts: CacheFacts; readonly result: TaskResult };

type Header = { readonly facts: CacheFacts; readonly sha256: string };

/** Where all cached results are. */
export const CACHE_PREFIX = 'cache/results/';

/** The key in the store of a cached result. */
export function cacheEntryKey(key: string): string {
  return `${CACHE_PREFIX}${key.slice(0, 2)}/${key}`;
}

/** Keeps a result: a line of facts with the hash of what follows, and the result itself. */
export async function writeCacheEntry(store: BlobStore, { facts, result }: CachedResult): Promise<void> {
  const body = JSON.stringify(result);
  const header: Header = { facts, sha256: sha256(body) };
  await store.put(cacheEntryKey(facts.key), Buffer.from(`${JSON.stringify(header)}\n${body}`));
}

/** A cached result, checked against its hash; null when there is none. Throws `damaged` when it is not as written. */
export async function readCacheEntry(store: BlobStore, key: string): Promise<CachedResult | null> {
  const data = await store.get(cacheEntryKey(key)).catch(nullWhenMissing);
  if (data === null) return null;
  const text = data.toString('utf8');
  const end = text.indexOf('\n');
  const header = end === -1 ? null : parseHeader(text.slice(0, end), key);
  const body = text.slice(end + 1);
  if (header === null || sha256(body) !== header.sha256) throw damaged(store, key);
  const result: TaskResult = JSON.parse(body);
  return { facts: header.facts, result };
}

/** The facts of a cached result without its values; null when they cannot be read. */
export async function readCacheFacts(store: BlobStore, key: string): Promise<CacheFacts | null> {
  const source = await store.getStream(cacheEntryKey(key)).catch(nullWhenMissing);
  if (source === null) return null;
  const line = await firstLine(source);
  return line === null ? null : (parseHeader(line, key)?.facts ?? null);
}

function parseHeader(line: string, key: string): Header | null {
  try {
    const header = JSON.parse(line) as Partial<Header> | null;
    return header?.facts?.key === key && typeof header.sha256 === 'string' ? (header as Header) : null;
  } catch {
    return null;
  }
}

function nullWhenMissing(error: unknown): null {
  if (error instanceof StoreError && error.code === 'missing') return null;
  throw error;
}

function damaged(store: BlobStore, key: string): StoreError {
  return new StoreError(
    'damaged',
    `The cached result "${cacheEntryKey(key)}" in ${store.location} is damaged: its bytes do not match its hash.`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
