import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { BlobStore } from '../storage/blob-store.js';
import { registerOwner } from '../storage/owners.js';
import type { ConnectionSettings } from './connection.js';

/**
 * Tells the store which namespace this worker serves. A store that fails here costs nothing now: stages that need it
 * will say so.
 */
export async function registerStoreOwner(
  store: BlobStore,
  connection: NativeConnection,
  { connectionOptions, namespace }: ConnectionSettings,
  log: Logger,
): Promise<void> {
  try {
    const description = await connection.workflowService.describeNamespace({ namespace });
    const id = description.namespaceInfo?.id ?? '';
    if (id === '') return;
    const seen_at = new Date().toISOString();
    await registerOwner(store, { id, namespace, address: connectionOptions.address, seen_at });
  } catch (error) {
    log.warn({ err: error, store: store.location }, 'The store was not told which namespace uses it');
  }
}
