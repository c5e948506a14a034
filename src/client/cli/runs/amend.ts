import type { FailurePolicy } from '../../../engine/plan.js';
import type { Steer } from '../../../engine/steering.js';
import { DURATION_FORM, parseDuration } from '../../../shared/duration.js';
import { INSTANT_FORM, isInstant } from '../../../shared/instant.js';
import { isJsonObject, type Json, type JsonObject } from '../../../shared/json.js';
import { shellWord } from '../../../shared/shell-word.js';
import { oneLine } from '../../render/printable.js';
import type { AmendRunMessage, AmendStageMessage } from '../../run-steering.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';
import { readPairs } from './read-pairs.js';
import { withSession } from './session.js';
import { ensureAnswer, type SteerFlags, steerOf } from './steer.js';

export type AmendFlags = SteerFlags & {
  readonly set?: readonly string[];
  readonly maxParallel?: number;
  readonly deadline?: string;
  readonly failure?: string;
  readonly param?: readonly string[];
  readonly timeout?: string;
  readonly retry?: readonly string[];
};

export type AmendRequest = {
  readonly run: string;
  readonly stage: string | undefined;
  readonly flags: AmendFlags;
};

/** Does what `sluice amend` promises: all changes, or none where one cannot be made. */
export async function amend(cli: CliContext, { run, stage, flags }: AmendRequest): Promise<void> {
  const ofRun = runChange(flags);
  const ofStage = stageChange(flags);
  if (ofStage !== null && stage === undefined) {
    throw new UsageError('--param, --timeout and --retry change a stage, and no stage was given.', {
      hint: 'Write sluice amend RUN STAGE …',
    });
  }
  const variables = readPairs(flags.set, '--set');
  if (ofRun === null && ofStage === null && variables === undefined) {
    throw new UsageError('Nothing to change was given.', { hint: 'See "sluice amend --help".' });
  }
  const changes = {
    ...(variables === undefined ? {} : { variables }),
    ...(ofRun === null ? {} : { run: ofRun }),
    ...(ofStage === null || stage === undefined ? {} : { stages: { [stage]: ofStage } }),
  };
  const who = steerOf(cli, flags);
  await withSession(cli, { flags }, async (session) => {
    const handle = await session.find(run);
    await ensureAnswer(session, handle);
    const amendments = await handle.steering.amendTogether({ ...who, ...changes });
    const { workflowId: workflow_id, runId: run_id } = handle;
    if (cli.isJson)
      return cli.json({
        workflow_id,
        run_id,
        requested: 'amend',
        by: who.by,
        ...(variables === undefined ? {} : { variables }),
        ...(ofRun === null ? {} : { run: ofRun }),
        ...(ofStage === null ? {} : { stage, changes: ofStage }),
        amendments,
      });
    cli.note(`Changed "${workflow_id}" as ${who.by}:`);
    for (const { what, before, after } of amendments)
      cli.note(`  ${oneLine(amendWords(what, before, after))}`);
    if (session.hasOwnWorker) cli.note(`The run goes on with: sluice watch ${shellWord(workflow_id)}`);
  });
}

/** `variables.window: 3 → 5`; of objects only what differs. */
function amendWords(what: string, before: Json, after: Json): string {
  const was = isJsonObject(before) ? before : null;
  if (!isJsonObject(after)) return `${what}: ${shown(before)} → ${shown(after)}`;
  const differing = Object.keys(after).filter(
    (key) => JSON.stringify(after[key]) !== JSON.stringify(was?.[key]),
  );
  const parts = differing.map((key) => `${key}: ${shown(was?.[key])} → ${shown(after[key])}`);
  return `${what}: ${parts.length === 0 ? 'as it was' : parts.join(', ')}`;
}

function shown(value: Json | undefined): string {
  return value === undefined || value === null ? 'none' : JSON.stringify(value);
}

function runChange({
  maxParallel,
  deadline,
  failure,
}: AmendFlags): Omit<AmendRunMessage, keyof Steer> | null {
  if (maxParallel === undefined && deadline === undefined && failure === undefined) return null;
  return {
    ...(maxParallel === undefined ? {} : { max_parallel_stages: maxParallel === 0 ? null : maxParallel }),
    ...(deadline === undefined ? {} : readDeadline(deadline)),
    ...(failure === undefined ? {} : { failure: readPolicy(failure) }),
  };
}

function stageChange({
  param,
  timeout,
  retry,
}: AmendFlags): Omit<AmendStageMessage, keyof Steer | 'stage'> | null {
  const params = readPairs(param, '--param');
  const settings = readPairs(retry, '--retry');
  if (params === undefined && timeout === undefined && settings === undefined) return null;
  return {
    ...(params === undefined ? {} : { params }),
    ...(timeout === undefined ? {} : { timeout_ms: readDuration(timeout, '--timeout') }),
    ...(settings === undefined ? {} : { retry: retrySettings(settings) }),
  };
}

/** Settings by the names and in the forms of definitions; the run checks the values. */
function retrySettings(given: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => {
      if (key === 'initial_delay' || key === 'max_delay')
        return [`${key}_ms`, readDuration(value, `--retry ${key}`)];
      const isList = key === 'retryable_errors' || key === 'non_retryable_errors';
      return [key, isList && typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value];
    }),
  );
}

function readDuration(value: Json, option: string): number {
  const ms = parseDuration(value);
  if (ms !== null && ms > 0) return ms;
  throw new UsageError(
    `The value of ${option} must be ${DURATION_FORM}, longer than 0; got ${JSON.stringify(value)}.`,
  );
}

/** A time from the start of the run, or an instant. */
function readDeadline(value: string): Pick<AmendRunMessage, 'deadline_ms' | 'deadline_at'> {
  if (isInstant(value)) return { deadline_at: value };
  const ms = parseDuration(value);
  if (ms !== null && ms > 0) return { deadline_ms: ms };
  throw new UsageError(
    `The value of --deadline must be ${DURATION_FORM}, longer than 0, or ${INSTANT_FORM}; got ${JSON.stringify(value)}.`,
  );
}

function readPolicy(value: string): FailurePolicy {
  if (value === 'fail_fast' || value === 'continue') return value;
  throw new UsageError(`--failure must be fail_fast or continue, got "${value}".`);
}
