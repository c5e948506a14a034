import type { ModelPage, ModelPageContent } from '../engine/models/model-state.js';
import type { Json } from '../shared/json.js';
import type { BlobStore } from './blob-store.js';
import { getObject, putObject, type StoredObject } from './objects.js';

/** Keeps records of a model that have outgrown its history. Named by its content, so writing it twice is the same. */
export function storeModelPage(store: BlobStore, content: Json): Promise<StoredObject> {
  return putObject(store, Buffer.from(JSON.stringify(content)));
}

/** Throws a `StoreError` when the page is missing or damaged. */
export async function readModelPage(
  store: BlobStore,
  page: Pick<ModelPage, 'sha256'>,
): Promise<ModelPageContent> {
  return JSON.parse((await getObject(store, page.sha256)).toString('utf8')) as ModelPageContent;
}
