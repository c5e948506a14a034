import { z } from 'zod';
import { modelNameProblem, nameProblem } from '../../engine/models/model-version.js';

const checked = (problemOf: (text: string) => string | null) =>
  z.string().superRefine((text, context) => {
    const problem = problemOf(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

export const modelName = checked(modelNameProblem);
export const versionName = checked((text) => nameProblem('a version', text));
export const aliasName = checked((text) => nameProblem('an alias', text));

export const json: z.ZodType<z.core.util.JSONType> = z.json();

export const artifactSchema = z.object({
  name: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hex'),
  size_bytes: z.number().int().nonnegative(),
});

const runSchema = z.object({ workflow_id: z.string(), run_id: z.string(), stage: z.string() });

/** What stages are told of a version. */
export const versionShape = {
  model: z.string(),
  version: z.string(),
  description: z.string().nullable(),
  metrics: z.record(z.string(), z.number()),
  parameters: z.record(z.string(), json),
  data_fingerprint: z.string().nullable(),
  artifact: artifactSchema.nullable(),
  labels: z.record(z.string(), z.string()),
  aliases: z.array(z.string()),
  status: z.enum(['ready', 'failed']),
  status_reason: z.string().nullable(),
  run: runSchema.nullable(),
  registered_at: z.string(),
  registered_by: z.string(),
};
