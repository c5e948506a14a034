import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RunStatus } from '../engine/result.js';
import type { ArtifactRef } from '../shared/task.js';
import type { BlobStore } from '../storage/blob-store.js';
import { getObjectStream } from '../storage/objects.js';

/** A file that a stage of a run wrote and that is kept. */
export type RunArtifact = ArtifactRef & { readonly stage: string };

/** The artifacts of a run so far, by stage in the order of the file. */
export function artifactsOf(status: Pick<RunStatus, 'stages' | 'hooks'>): readonly RunArtifact[] {
  return [...Object.entries(status.stages), ...Object.entries(status.hooks)].flatMap(([stage, result]) =>
    result.artifacts.map((artifact) => ({ stage, ...artifact })),
  );
}

/** The bytes of an artifact; the stream fails at its end when they are not what was written. */
export function openArtifact(store: BlobStore, { sha256 }: Pick<RunArtifact, 'sha256'>): Promise<Readable> {
  return getObjectStream(store, sha256);
}

/** Writes an artifact to a file, which appears only when every byte is right. */
export async function saveArtifact(store: BlobStore, artifact: RunArtifact, path: string): Promise<void> {
  const part = `${path}.part`;
  try {
    await pipeline(await openArtifact(store, artifact), createWriteStream(part));
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
