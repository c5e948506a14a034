import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { BlobStore } from '../../storage/blob-store.js';
import { createStore } from '../../storage/create-store.js';
import { loadConfig } from '../../worker/config.js';
import { failure, fine, type Finding } from './finding.js';

const CHECK = 'store';

/** Writes, reads and removes a probe in the store of a project. */
export async function checkStore(dir: string): Promise<Finding> {
  // The probe must not make a folder that is not there.
  if (!existsSync(dir)) return failure(CHECK, `${dir} does not exist.`, 'Give a folder that exists.');
  try {
    return await probe(createStore((await loadConfig(dir)).storage));
  } catch (error) {
    return failure(
      CHECK,
      error instanceof Error ? error.message : String(error),
      'Correct `storage` in the configuration, or what the message names.',
    );
  }
}

async function probe(store: BlobStore): Promise<Finding> {
  const key = `probe/${randomUUID()}`;
  const data = Buffer.from(key);
  await store.put(key, data);
  try {
    const read = await store.get(key);
    if (!read.equals(data)) {
      return failure(
        CHECK,
        `${store.location} gives back other bytes than were written.`,
        'Use another store: payloads in this one would be damaged.',
      );
    }
    if (await store.putIfAbsent(key, data)) {
      return failure(
        CHECK,
        `${store.location} ignores conditional writes (If-None-Match).`,
        'Update the server, or use another one: runs that share a cached result would all do the work.',
      );
    }
  } finally {
    await store.delete(key);
  }
  return fine(CHECK, `${store.location} can be written and read.`);
}
