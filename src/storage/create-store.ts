import type { BlobStore } from './blob-store.js';
import { createFolderStore } from './folder-store.js';
import type { S3Settings } from './s3/s3-settings.js';
import { createS3Store } from './s3/s3-store.js';

/** Where payloads, logs, artifacts and cached results are kept. */
export type StorageSettings = { readonly folder: string } | { readonly s3: S3Settings };

/** The store of a configuration. Costs nothing, and reaches for nothing, until it is used. */
export function createStore(settings: StorageSettings): BlobStore {
  return 's3' in settings ? createS3Store(settings.s3) : createFolderStore(settings.folder);
}
