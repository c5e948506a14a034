import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Json } from '../shared/json.js';
import { ERROR_TYPE } from '../shared/names.js';
import { assertNever } from '../shared/assert-never.js';
import type { Attempt } from './attempt.js';
import { checkSchema } from './check-schema.js';
import { stageFailure, validationFailure } from './failure.js';
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

/**
 * Looks once at what a `wait_for` stage waits for. Not true yet is a failure of type `NotReady`, so that the retry
 * of the activity is the polling; what was found is the output.
 */
export async function probe(attempt: Attempt, deps: ProbeDeps): Promise<Produced> {
  const given = fillSecrets(attempt.task, deps.env);
  const target = await checkSchema(probeParams, given, 'What to wait for does not fit');
  const found = await look(target, attempt, deps);
  if (found.ready) return { output: found };
  throw stageFailure(ERROR_TYPE.notReady, `${describe(target)} is not true yet.`);
}

type Target = z.output<typeof probeParams>;
type Found = { readonly ready: boolean };

function look(target: Target, attempt: Attempt, deps: ProbeDeps): Promise<Found> {
  switch (target.type) {
    case 'uses':
      return askFunction(target.uses, target.with ?? {}, attempt, deps);
    case 'pipeline':
      return askRuns(target.pipeline, target.max_age_ms, deps);
    case 'file':
      return askFile(resolve(deps.projectDir, target.file));
    default:
      return assertNever(target);
  }
}

function describe(target: Target): string {
  switch (target.type) {
    case 'uses':
      return `What "${target.uses}" looks for`;
    case 'pipeline':
      return `That a recent run of pipeline "${target.pipeline}" succeeded`;
    case 'file':
      return `That the file ${target.file} exists`;
    default:
      return assertNever(target);
  }
}

async function askFunction(name: string, given: Json, attempt: Attempt, deps: ProbeDeps): Promise<Found> {
  const stage = deps.stages.get(name);
  if (stage === undefined) {
    const known = [...deps.stages.keys()].join(', ') || 'none';
    throw validationFailure(`This worker has no stage function "${name}". It has: ${known}.`);
  }
  const { output } = await runStageFunction(stage, attempt, deps.env, given);
  if (typeof output === 'object' && output !== null && 'ready' in output) {
    return { ...output, ready: output.ready === true };
  }
  const answer = { ready: Boolean(output), value: output };
  return answer;
}

async function askRuns(pipeline: string, maxAgeMs: number | null, deps: ProbeDeps): Promise<Found> {
  if (deps.findRuns === undefined) {
    throw validationFailure(`This worker cannot look up runs, so it cannot wait for pipeline "${pipeline}".`);
  }
  const found = await deps.findRuns({ pipeline, maxAgeMs });
  return { ready: found !== null, ...found };
}

async function askFile(path: string): Promise<Found> {
  try {
    const { size, mtime } = await stat(path);
    const found = { ready: true, file: path, size_bytes: size, modified_at: mtime.toISOString() };
    return found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return { ready: false };
    }
    throw error;
  }
}
