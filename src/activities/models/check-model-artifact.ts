import { Context } from '@temporalio/activity';
import type { ModelCheckAnswer, ModelCheckTask } from '../../shared/model-task.js';
import type { ArtifactRef } from '../../shared/task.js';
import { type BlobStore, StoreError } from '../../storage/blob-store.js';
import { readModelPage } from '../../storage/model-pages.js';
import { getObjectStream } from '../../storage/objects.js';

/**
 * Reads the artifact of a version as a whole and compares it with its checksum. Changes nothing, so it may run twice.
 * Throws when the store cannot be read at all, which is worth another attempt.
 */
export function createModelCheck(store: BlobStore): (task: ModelCheckTask) => Promise<ModelCheckAnswer> {
  return async (task) => {
    try {
      const artifact = 'artifact' in task ? task.artifact : await artifactInPage(store, task);
      return { problem: artifact === null ? null : await problemOf(store, artifact) };
    } catch (error) {
      if (error instanceof StoreError && error.code !== 'unavailable') return { problem: error.message };
      throw error;
    }
  };
}

async function artifactInPage(
  store: BlobStore,
  { version, page }: ModelCheckTask & { readonly page: { readonly sha256: string } },
): Promise<ArtifactRef | null> {
  const { versions } = await readModelPage(store, page);
  return versions.find((record) => record.version === version)?.artifact ?? null;
}

async function problemOf(
  store: BlobStore,
  { sha256, size_bytes, name }: ArtifactRef,
): Promise<string | null> {
  let size = 0;
  for await (const chunk of (await getObjectStream(store, sha256)) as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    // The SDK sends no more of them than the heartbeat timeout needs.
    Context.current().heartbeat();
  }
  if (size === size_bytes) return null;
  return `"${name}" should have ${size_bytes} bytes, and what the store holds under its checksum has ${size}.`;
}
