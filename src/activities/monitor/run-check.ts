import type { CheckLevel, CheckResult } from '../../engine/health/facts.js';
import { assertNever } from '../../shared/assert-never.js';
import { formatDuration } from '../../shared/format-duration.js';
import type { Json } from '../../shared/json.js';
import type { StageTask } from '../../shared/task.js';
import type { BlobStore } from '../../storage/blob-store.js';
import type { Attempt } from '../attempt.js';
import { requestHttp } from '../request-http.js';
import { runCommand } from '../run-command.js';
import { runStageFunction } from '../run-stage-function.js';
import type { Environment } from '../secrets.js';
import { shorten } from '../shorten.js';
import type { StageFunction } from '../stage-function.js';
import { checkAttempt } from './check-attempt.js';

/** A check that the configuration names: it is done where it is asked for, and must be cheap. */
export type UserCheck = {
  readonly name: string;
  readonly timeout_ms: number;
  /** What it is when it does not hold. */
  readonly level: Exclude<CheckLevel, 'ok'>;
  /** What to do then. */
  readonly fix: string | null;
  /** Environment variables that a function or a command may read. */
  readonly secrets: readonly string[];
  readonly action: CheckAction;
};

export type CheckAction =
  | { readonly kind: 'http'; readonly request: Json }
  | { readonly kind: 'uses'; readonly uses: string; readonly with: Json }
  | { readonly kind: 'run'; readonly command: Json };

export type CheckDeps = {
  readonly stages: ReadonlyMap<string, StageFunction>;
  readonly env: Environment;
  readonly projectDir: string;
  readonly store: BlobStore;
};

/** Does one check within its time. Never throws: what goes wrong is the result. */
export async function runCheck(check: UserCheck, deps: CheckDeps): Promise<CheckResult> {
  const startedAt = performance.now();
  const { name, level, fix } = check;
  const verdict = await act(check, deps).catch((error: unknown): Verdict => ({
    level: null,
    message: shorten(error instanceof Error ? error.message : String(error), 500),
  }));
  const duration_ms = Math.round(performance.now() - startedAt);
  const found = verdict.level ?? level;
  return { name, level: found, message: verdict.message, fix: found === 'ok' ? null : fix, duration_ms };
}

type Verdict = { readonly level: CheckLevel | null; readonly message: string };

async function act({ action, ...check }: UserCheck, deps: CheckDeps): Promise<Verdict> {
  switch (action.kind) {
    case 'http': {
      const { output } = await limited({ ...check, params: action.request }, deps, (attempt) =>
        requestHttp(attempt, deps),
      );
      return { level: 'ok', message: `It was answered with status ${statusOf(output)}.` };
    }
    case 'uses':
      return readAnswer(await runCheckFunction({ ...check, ...action }, deps));
    case 'run': {
      const { output } = await limited({ ...check, params: action.command }, deps, (attempt) =>
        runCommand(attempt, deps),
      );
      return readAnswer(output);
    }
    default:
      return assertNever(action);
  }
}

type Asked = Pick<UserCheck, 'name' | 'timeout_ms' | 'secrets'>;

/** What a stage function gives outside of any run. Throws what it throws, and when it takes too long. */
export async function runCheckFunction(
  { uses, with: params, ...asked }: Asked & { readonly uses: string; readonly with: Json },
  deps: CheckDeps,
): Promise<unknown> {
  const stage = deps.stages.get(uses);
  if (stage === undefined) {
    const known = [...deps.stages.keys()].join(', ') || 'none';
    throw new Error(`There is no stage function "${uses}" here. There are: ${known}.`);
  }
  const { output } = await limited({ ...asked, params }, deps, (attempt) =>
    runStageFunction(stage, attempt, deps.env),
  );
  return output;
}

/** Does the work of a stage outside of any run and within a time; secrets stay out of its errors. */
async function limited<T>(
  { timeout_ms, ...asked }: Asked & { readonly params: Json },
  deps: CheckDeps,
  work: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const attempt = checkAttempt(taskOf(asked), timeout_ms, deps);
  const { signal } = attempt.stopped;
  const late = new Promise<never>((_, reject) => {
    const message = `It gave no answer within ${formatDuration(timeout_ms)}.`;
    signal.addEventListener('abort', () => reject(new Error(message)), { once: true });
  });
  try {
    return await Promise.race([late, work(attempt)]);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(attempt.redact?.(text) ?? text, { cause: error });
  } finally {
    attempt.stopped.dispose();
  }
}

/**
 * - `true`, nothing, or a value that says none of the following: it holds.
 * - `false`: it does not.
 * - `{ ok, message }` or `{ level, message }`: as it says.
 */
export function readAnswer(output: unknown): Verdict {
  if (output === false) return { level: null, message: 'It does not hold.' };
  if (typeof output !== 'object' || output === null) return { level: 'ok', message: 'It holds.' };
  const { ok, level, message }: Readonly<Record<string, unknown>> = { ...output };
  const text = typeof message === 'string' ? shorten(message, 500) : null;
  if (level === 'ok' || level === 'warn' || level === 'fail') {
    return { level, message: text ?? (level === 'ok' ? 'It holds.' : 'It does not hold.') };
  }
  if (ok === false) return { level: null, message: text ?? 'It does not hold.' };
  return { level: 'ok', message: text ?? 'It holds.' };
}

function statusOf(output: unknown): string {
  return typeof output === 'object' && output !== null && 'status' in output
    ? String(output.status)
    : 'unknown';
}

function taskOf({
  name,
  secrets,
  params,
}: Pick<UserCheck, 'name' | 'secrets'> & { readonly params: Json }): StageTask {
  const now = new Date().toISOString();
  return {
    params,
    stage: { id: name, name },
    run: {
      id: 'check',
      workflow_id: `check/${name}`,
      pipeline: 'health',
      version: '0',
      mode: null,
      attempt: 1,
      started_at: now,
      scheduled_at: now,
    },
    ...(secrets.length === 0 ? {} : { secrets }),
  };
}
