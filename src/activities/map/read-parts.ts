import { z } from 'zod';
import type { Json } from '../../shared/json.js';
import type { BlobStore } from '../../storage/blob-store.js';
import type { Attempt } from '../attempt.js';
import { checkSchema } from '../check-schema.js';
import { readArtifactLines } from '../read-artifact.js';
import type { Produced } from '../run-attempt.js';

const partsParams = z.object({
  first: z.number(),
  count: z.number(),
  parts: z.array(z.object({ first: z.number(), part: z.object({ sha256: z.string() }) })),
});

/** Reads results of consecutive items back that an earlier run collected; null for those without. */
export async function readParts(
  attempt: Pick<Attempt, 'task' | 'stopped'>,
  deps: { readonly store: BlobStore },
): Promise<Produced> {
  const { first, count, parts } = await checkSchema(
    partsParams,
    attempt.task.params,
    'What to read back does not fit',
  );
  const results = Array.from<unknown, Json>({ length: count }, () => null);
  for (const at of parts) {
    attempt.stopped.signal.throwIfAborted();
    let position = at.first - first;
    for await (const result of readArtifactLines(deps.store, at.part)) {
      if (position >= count) break;
      if (position >= 0) results[position] ??= result;
      position += 1;
    }
  }
  return { output: results };
}
