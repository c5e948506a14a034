import { assertKey, type BlobStore } from '../blob-store.js';
import { createS3PayloadDriver } from './s3-payload-driver.js';
import { createS3Requests } from './s3-requests.js';
import type { S3Patience, S3Settings } from './s3-settings.js';

/** A {@link BlobStore} in a bucket of S3 or of a server that is compatible with it. Nothing is asked until it is used. */
export function createS3Store(settings: S3Settings, patience?: S3Patience): BlobStore {
  const { bucket, prefix } = settings;
  const requests = createS3Requests(settings, patience);
  const start = prefix === '' ? '' : `${prefix}/`;
  const whole = (key: string): string => {
    assertKey(key);
    return `${start}${key}`;
  };
  async function* entries(below: string) {
    for await (const entry of requests.entries(`${start}${below}`)) {
      yield { ...entry, key: entry.key.slice(start.length) };
    }
  }
  return {
    location: requests.location,
    put: async (key, data) => requests.put(whole(key), data),
    putIfAbsent: async (key, data) => requests.putIfAbsent(whole(key), data),
    get: async (key) => requests.get(whole(key)),
    getStream: async (key) => requests.getStream(whole(key)),
    has: async (key) => requests.has(whole(key)),
    delete: async (key) => requests.delete(whole(key)),
    list: async (below) => {
      const keys: string[] = [];
      for await (const { key } of entries(below)) keys.push(key);
      return keys.toSorted();
    },
    entries,
    payloadDriver: createS3PayloadDriver(requests, { bucket, start }),
  };
}
