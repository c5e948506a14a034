import { isCancellation, sleep } from '@temporalio/workflow';
import { checkInputs } from '../../engine/check-inputs.js';
import type { Plan, RetryPlan, StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { resolveTemplate } from '../../expressions/template.js';
import type { JsonObject } from '../../shared/json.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { failedOutcome } from '../stage-failure.js';
import type { OnStageEnd, StageRunContext } from '../stages/stage-context.js';
import { ItemRun } from './item-run.js';

/** The limit of an attempt where a definition says nothing; a timer for it would only lengthen the history. */
const NO_LIMIT_MS = 86_400_000;

/**
 * Runs a pipeline for an item of a fan-out inside this workflow, as `StageRunner` says. Its outputs are the item's
 * output. Pipelines in it run the same way.
 */
export function runItemPipeline(
  stage: StagePlan,
  context: StageRunContext,
  onEnd: OnStageEnd,
): StageOutcome | null {
  if (stage.action.kind !== 'pipeline') throw new Error(`Stage "${stage.id}" is not a pipeline stage.`);
  const plan = context.plan.pipelines[stage.action.pipeline];
  if (plan === undefined) throw new Error(`The plan holds no pipeline "${stage.action.pipeline}".`);
  const given = resolveTemplate(stage.action.with ?? {}, context.scope).value as JsonObject;
  const { inputs, problems } = checkInputs(plan.inputs, given);
  if (problems.length > 0) {
    const reasons = problems.map((problem) => problem.message).join('; ');
    return failedOutcome(stage, ERROR_TYPE.validation, `pipeline "${plan.pipeline}": ${reasons}`);
  }
  return new ItemAttempts(stage, plan, inputs, context, onEnd).next();
}

/** One attempt after the other, as the retry policy of the stage says; each begins from nothing. */
class ItemAttempts {
  readonly #stage: StagePlan;
  readonly #plan: Plan;
  readonly #inputs: JsonObject;
  readonly #context: StageRunContext;
  readonly #onEnd: OnStageEnd;
  readonly #endsAt: number | null;
  #attempt = 0;

  constructor(stage: StagePlan, plan: Plan, inputs: JsonObject, context: StageRunContext, onEnd: OnStageEnd) {
    this.#stage = stage;
    this.#plan = plan;
    this.#inputs = inputs;
    this.#context = { ...context, runPipeline: runItemPipeline };
    this.#onEnd = onEnd;
    this.#endsAt = stage.total_timeout_ms === null ? null : Date.now() + stage.total_timeout_ms;
  }

  next(): StageOutcome | null {
    this.#attempt += 1;
    const run = new ItemRun({
      stage: this.#stage,
      plan: this.#plan,
      inputs: this.#inputs,
      context: this.#context,
      timeoutMs: this.#limit(),
      onEnd: (outcome) => this.#report(this.#judge(outcome)),
    });
    const outcome = run.start();
    return outcome === null ? null : this.#judge(outcome);
  }

  /** The outcome as the stage's, or null when another attempt follows. */
  #judge(outcome: StageOutcome): StageOutcome | null {
    const { retry } = this.#stage;
    const delay = delayBefore(this.#attempt + 1, retry);
    const isInTime = this.#endsAt === null || Date.now() + delay < this.#endsAt;
    if (!isInTime || !isRetried(outcome, this.#attempt, retry)) {
      return { ...outcome, attempts: this.#attempt };
    }
    void sleep(delay).then(
      () => this.#report(this.next()),
      (error: unknown) => {
        if (!isCancellation(error)) throw error;
        this.#report({ status: 'cancelled', attempts: this.#attempt });
      },
    );
    return null;
  }

  #report(outcome: StageOutcome | null): void {
    if (outcome !== null) this.#onEnd(this.#stage, outcome);
  }

  #limit(): number | null {
    const { timeout_ms } = this.#stage;
    const limits = [
      ...(this.#plan.timeout_ms === null ? [] : [this.#plan.timeout_ms]),
      ...(timeout_ms < NO_LIMIT_MS ? [timeout_ms] : []),
      ...(this.#endsAt === null ? [] : [this.#endsAt - Date.now()]),
    ];
    return limits.length === 0 ? null : Math.max(1, Math.min(...limits));
  }
}

function isRetried(outcome: StageOutcome, attempt: number, retry: RetryPlan): boolean {
  if (outcome.status !== 'failed' && outcome.status !== 'timed_out') return false;
  if (retry.max_attempts !== 0 && attempt >= retry.max_attempts) return false;
  const type = outcome.error?.type ?? '';
  if (retry.non_retryable_errors.includes(type)) return false;
  return retry.retryable_errors.length === 0 || retry.retryable_errors.includes(type);
}

function delayBefore(attempt: number, retry: RetryPlan): number {
  const delay = retry.initial_delay_ms * retry.backoff ** (attempt - 2);
  return Math.min(delay, Math.max(retry.max_delay_ms, retry.initial_delay_ms));
}
