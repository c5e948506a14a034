import { z } from 'zod';
import type { CollectedPart } from '../../shared/map-task.js';
import type { BlobStore } from '../../storage/blob-store.js';
import { putObject } from '../../storage/objects.js';
import type { Attempt } from '../attempt.js';
import { checkSchema } from '../check-schema.js';
import type { Produced } from '../run-attempt.js';

const partParams = z.object({ results: z.array(z.unknown()) });

/**
 * Keeps results of consecutive items as JSON Lines. Safe to run twice: the same results are the same object.
 */
export async function collectPart(
  attempt: Pick<Attempt, 'task'>,
  deps: { readonly store: BlobStore },
): Promise<Produced> {
  const { results } = await checkSchema(partParams, attempt.task.params, 'What to collect does not fit');
  const lines = results.map((result) => `${JSON.stringify(result)}\n`);
  const stored = await putObject(deps.store, Buffer.from(lines.join('')));
  const part: CollectedPart = { ...stored, count: results.length };
  return { output: part };
}
