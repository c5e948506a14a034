import type { FailurePolicy } from '../../../engine/plan.js';
import type { Steer } from '../../../engine/steering.js';
import { DURATION_FORM, parseDuration } from '../../../shared/duration.js';
import type { Json, JsonObject } from '../../../shared/json.js';
import type { RunHandle } from '../../run-handle.js';
import type { AmendRunMessage, AmendStageMessage } from '../../run-steering.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';
import { readPairs } from './read-pairs.js';
import { steer, type SteerFlags } from './steer.js';

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

type Change = (handle: RunHandle, who: Steer) => Promise<void>;

/** Does what `sluice amend` promises. The command line is understood as a whole before anything is sent. */
export async function amend(cli: CliContext, { run, stage, flags }: AmendRequest): Promise<void> {
  const ofRun = runChange(flags);
  const ofStage = stageChange(flags);
  if (ofStage !== null && stage === undefined) {
    throw new UsageError('--param, --timeout and --retry change a stage, and no stage was given.', {
      hint: 'Write sluice amend RUN STAGE …',
    });
  }
  const variables = Object.entries(readPairs(flags.set, '--set') ?? {});
  const changes: readonly Change[] = [
    ...variables.map(setVariable),
    ...(ofRun === null ? [] : [changeRun(ofRun)]),
    ...(ofStage === null || stage === undefined ? [] : [changeStage({ ...ofStage, stage })]),
  ];
  if (changes.length === 0) {
    throw new UsageError('Nothing to change was given.', { hint: 'See "sluice amend --help".' });
  }
  await steer(cli, {
    run,
    flags,
    requested: 'amend',
    facts: {
      ...(variables.length === 0 ? {} : { variables: Object.fromEntries(variables) }),
      ...(ofRun === null ? {} : { run: ofRun }),
      ...(ofStage === null ? {} : { stage, changes: ofStage }),
    },
    done: stage === undefined ? 'Changed' : `Changed stage "${stage}" of`,
    act: async (handle, who) => {
      for (const change of changes) await change(handle, who);
    },
  });
}

function setVariable([name, value]: readonly [string, Json]): Change {
  return (handle, who) => handle.steering.setVariable({ ...who, name, value });
}

function changeRun(changed: Omit<AmendRunMessage, keyof Steer>): Change {
  return (handle, who) => handle.steering.amend({ ...who, ...changed });
}

function changeStage(changed: Omit<AmendStageMessage, keyof Steer>): Change {
  return (handle, who) => handle.steering.amendStage({ ...who, ...changed });
}

function runChange({
  maxParallel,
  deadline,
  failure,
}: AmendFlags): Omit<AmendRunMessage, keyof Steer> | null {
  if (maxParallel === undefined && deadline === undefined && failure === undefined) return null;
  return {
    ...(maxParallel === undefined ? {} : { max_parallel_stages: maxParallel === 0 ? null : maxParallel }),
    ...(deadline === undefined ? {} : { deadline_ms: readDuration(deadline, '--deadline') }),
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

function readPolicy(value: string): FailurePolicy {
  if (value === 'fail_fast' || value === 'continue') return value;
  throw new UsageError(`--failure must be fail_fast or continue, got "${value}".`);
}
