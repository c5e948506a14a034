import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Json } from '../shared/json.js';
import { assertNever } from '../shared/assert-never.js';
import type { Attempt } from './attempt.js';
import { checkSchema } from './check-schema.js';
import { validationFailure } from './failure.js';
import type { Produced } from './run-attempt.js';
import { runStageFunction } from './run-stage-function.js';
import { type Environment, fillSecrets } from './secrets.js';
import type { StageFunction } from './stage-function.js';

/** Finds the newest successful run of a pipeline that ended not longer than `maxAgeMs` ago; null when there is none. */
export type FindRuns = (query: {
  readonly pipeline: string;
  readonly maxAgeMs: number | null;
}) => Promise<{ readonly workflow_id: string; readonly run_id: string; readonly ended_at: string } | null>;

type ProbeDeps = {
  readonly stages: ReadonlyMap<string, StageFunction>;
  readonly env: Environment;
  readonly projectDir: string;
  readonly findRuns?: FindRuns;
};

const probeParams = z.discriminatedUnion('type', [
  z.object({ type: z.literal('uses'), uses: z.string(), with: z.json().optional() }),
  z.object({ type: z.literal('pipeline'), pipeline: z.string(), max_age_ms: z.number().nullable() }),
  z.object({ type: z.literal('file'), file: z.string() }),
]);

/** Looks once at what a `wait_for` stage waits for; its output always holds `ready`. */
export async function probe(attempt: Attempt, deps: ProbeDeps): Promise<Produced> {
  const given = fillSecrets(attempt.task, deps.env);
  const target = await checkSchema(probeParams, given, 'What to wait for does not fit');
  switch (target.type) {
    case 'uses':
      return { output: await askFunction(target.uses, target.with ?? null, attempt, deps) };
    case 'pipeline':
      return { output: await askRuns(target.pipeline, target.max_age_ms, deps) };
    case 'file':
      return { output: await askFile(resolve(deps.projectDir, target.file)) };
    default:
      return assertNever(target);
  }
}

async function askFunction(name: string, given: Json, attempt: Attempt, deps: ProbeDeps): Promise<unknown> {
  const stage = deps.stages.get(name);
  if (stage === undefined) {
    const known = [...deps.stages.keys()].join(', ') || 'none';
    throw validationFailure(`This worker has no stage function "${name}". It has: ${known}.`);
  }
  const { output } = await runStageFunction(stage, attempt, deps.env, given);
  if (typeof output === 'object' && output !== null && 'ready' in output) {
    return { ...output, ready: output.ready === true };
  }
  return { ready: Boolean(output), value: output };
}

async function askRuns(pipeline: string, maxAgeMs: number | null, deps: ProbeDeps): Promise<Json> {
  if (deps.findRuns === undefined) {
    throw validationFailure(`This worker cannot look up runs, so it cannot wait for pipeline "${pipeline}".`);
  }
  const found = await deps.findRuns({ pipeline, maxAgeMs });
  return found === null ? { ready: false } : { ready: true, ...found };
}

async function askFile(path: string): Promise<Json> {
  try {
    const { size, mtime } = await stat(path);
    return { ready: true, file: path, size_bytes: size, modified_at: mtime.toISOString() };
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return { ready: false, file: path };
    }
    throw error;
  }
}
