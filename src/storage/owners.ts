import type { BlobStore } from './blob-store.js';

/** A namespace whose runs keep data in a store. */
export type StoreOwner = {
  readonly id: string;
  readonly namespace: string;
  readonly address: string;
  /** When a worker of it last started, ISO 8601 in UTC. */
  readonly seen_at: string;
};

const PREFIX = 'owners/';

/** Writes down that a namespace uses the store, so that a clean-up for another one does not take its data for unused. */
export async function registerOwner(store: BlobStore, owner: StoreOwner): Promise<void> {
  await store.put(`${PREFIX}${owner.id}`, Buffer.from(JSON.stringify(owner)));
}

/** The namespaces that use the store, without those with the given IDs. */
export async function otherOwners(store: BlobStore, ids: readonly string[]): Promise<readonly StoreOwner[]> {
  const keys = (await store.list(PREFIX)).filter((key) => !ids.includes(key.slice(PREFIX.length)));
  return Promise.all(
    keys.map(async (key): Promise<StoreOwner> => JSON.parse((await store.get(key)).toString())),
  );
}
