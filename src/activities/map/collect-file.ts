import { z } from 'zod';
import type { CollectedFile } from '../../shared/map-task.js';
import type { BlobStore } from '../../storage/blob-store.js';
import { joinObjects } from '../../storage/join-objects.js';
import { artifactName } from '../artifacts.js';
import type { Attempt } from '../attempt.js';
import { checkSchema } from '../check-schema.js';
import type { Produced } from '../run-attempt.js';

const fileParams = z.object({
  name: z.string(),
  parts: z.array(z.object({ sha256: z.string(), size_bytes: z.number(), count: z.number() })),
});

/**
 * Makes one file of collected parts and counts it among the run's artifacts. The file is there as a whole or not at
 * all, and memory does not grow with it. Safe to run twice: the same parts are the same file.
 */
export async function collectFile(attempt: Attempt, deps: { readonly store: BlobStore }): Promise<Produced> {
  const { name, parts } = await checkSchema(fileParams, attempt.task.params, 'What to collect does not fit');
  const hashes = parts.map((part) => part.sha256);
  const stored = await joinObjects(deps.store, hashes, { signal: attempt.stopped.signal });
  const file = { name: artifactName(name), ...stored };
  attempt.given.artifacts ??= new Map();
  attempt.given.artifacts.set(file.name, file);
  const collected: CollectedFile = { file, count: parts.reduce((sum, part) => sum + part.count, 0) };
  return { output: collected };
}
