import { z } from 'zod';
import type { Json } from '../shared/json.js';
import { formatDuration } from '../shared/format-duration.js';
import { ERROR_TYPE } from '../shared/names.js';
import type { OutputRef } from '../shared/task.js';
import type { Attempt } from './attempt.js';
import { checkSchema } from './check-schema.js';
import { stageFailure, validationFailure } from './failure.js';
import type { Produced } from './run-attempt.js';

/** Finds the newest output of a stage in the runs of a pipeline that ended; null when there is none. */
export type FindOutput = (query: {
  readonly pipeline: string;
  readonly stage: string;
  /** Oldest end of the stage that counts, in milliseconds before now; null for any. */
  readonly maxAgeMs: number | null;
}) => Promise<{
  readonly output: Json;
  readonly output_ref?: OutputRef;
  readonly workflow_id: string;
  readonly run_id: string;
} | null>;

const paramsSchema = z.object({
  pipeline: z.string(),
  stage: z.string(),
  max_age_ms: z.number().nullable(),
});

/** Gives the output that a stage had when it last succeeded. Fails with `NoEarlierSuccess` when there is none. */
export async function lastSuccess(
  attempt: Attempt,
  deps: { readonly findOutput?: FindOutput },
): Promise<Produced> {
  const { pipeline, stage, max_age_ms } = await checkSchema(
    paramsSchema,
    attempt.task.params,
    'What to look for does not fit',
  );
  if (deps.findOutput === undefined) {
    throw validationFailure('This worker cannot look up runs, so it has no earlier output to fall back on.');
  }
  const found = await deps.findOutput({ pipeline, stage, maxAgeMs: max_age_ms });
  if (found !== null) return { output: found };
  const limit = max_age_ms === null ? '' : ` in the last ${formatDuration(max_age_ms)}`;
  throw stageFailure(
    ERROR_TYPE.noEarlierSuccess,
    `Stage "${stage}" of "${pipeline}" has not succeeded${limit} in any run that Temporal still keeps.`,
    { nonRetryable: true },
  );
}
