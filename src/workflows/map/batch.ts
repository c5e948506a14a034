import { ActivityFailure, ApplicationFailure, CancelledFailure } from '@temporalio/workflow';
import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { ERROR_TYPE } from '../../shared/names.js';
import type { ItemResult, ItemTask, TaskFailureDetail } from '../../shared/task.js';
import { activityOutcome } from '../stage-failure.js';
import { activityCall } from '../stages/activity-call.js';
import { activitySuccess, runAsActivity, scheduleTask } from '../stages/activity-stage.js';
import { cacheRequest } from '../stages/cache-request.js';
import { startStage } from '../stages/run-stage.js';
import type { OnStageEnd, StageRunContext } from '../stages/stage-context.js';
import { type ItemAt, itemStage, startItem } from './start-item.js';

type Member = {
  readonly stage: StagePlan;
  readonly task: ItemTask;
  readonly type: string;
  readonly onEnd: OnStageEnd;
};

/**
 * Runs items in one activity. Each item stays a stage of its own, with its own outcome, fallback and hold; only their
 * work travels together. `onEnd` is called once for each.
 */
export function startBatch(
  stage: StagePlan,
  items: readonly ItemAt[],
  context: StageRunContext,
  onEnd: OnStageEnd,
): void {
  const batch = new Batch(stage, context);
  const alone = { ...stage, pools: [] };
  const joined = { ...context, runActivity: batch.join };
  for (const at of items) {
    const outcome = startItem(alone, at, joined, onEnd);
    if (outcome !== null) onEnd(itemStage(stage, at.index), outcome);
  }
  batch.depart();
}

/** Items that wait to travel together. The activity is that of the first one, and takes the slots of one. */
class Batch {
  readonly #stage: StagePlan;
  readonly #context: StageRunContext;
  readonly #members: Member[] = [];
  #hasDeparted = false;
  #results: ReadonlyArray<ItemResult | null> = [];
  #version: string | undefined;

  constructor(stage: StagePlan, context: StageRunContext) {
    this.#stage = stage;
    this.#context = context;
  }

  /** Takes the place of the runner of an activity stage. An item that comes again, later, travels alone. */
  readonly join = (stage: StagePlan, context: StageRunContext, onEnd: OnStageEnd): StageOutcome | null => {
    const { runActivity: _join, ...rest } = context;
    if (this.#hasDeparted) return runAsActivity(stage, rest, onEnd);
    const { type, params, secretSlots } = activityCall(stage, context.scope);
    const task: ItemTask = {
      index: stage.item?.index ?? 0,
      params,
      ...(secretSlots.length === 0 ? {} : { secret_slots: secretSlots }),
      ...(stage.cache === null ? {} : { cache: cacheRequest(stage.cache, context.scope) }),
    };
    this.#members.push({ stage, task, type, onEnd });
    return null;
  };

  depart(): void {
    this.#hasDeparted = true;
    const [first] = this.#members;
    if (first === undefined) return;
    const carrier = { ...itemStage(this.#stage, first.task.index), hold: null, fallback: null };
    const context = { ...this.#context, runActivity: this.#run };
    const outcome = startStage(carrier, context, (_stage, ended) => this.#arrive(ended));
    if (outcome !== null) this.#arrive(outcome);
  }

  readonly #run = (carrier: StagePlan, context: StageRunContext, onEnd: OnStageEnd): null => {
    const { budget, memory, attempt } = context;
    const items = this.#members.map((member) => member.task);
    for (const { params } of items) budget.spend(params);
    const { max_attempts, non_retryable_errors } = carrier.retry;
    const task = {
      ...memory.taskOf(carrier, null, []),
      items,
      item_retry: { max_attempts, non_retryable_errors },
      ...attempt,
    };
    void scheduleTask(carrier, this.#type, task).then(
      (result) => {
        this.#results = result?.items ?? [];
        this.#version = result?.version;
        onEnd(carrier, { status: 'succeeded', attempts: result?.attempt ?? 1 });
      },
      (error: unknown) => {
        this.#results = resultsIn(error);
        onEnd(carrier, activityOutcome(carrier, error));
      },
    );
    return null;
  };

  get #type(): string {
    return this.#members[0]?.type ?? '';
  }

  /** Items without a result of their own end like the batch. */
  #arrive(outcome: StageOutcome): void {
    const rest = outcome.status === 'succeeded' ? outcomeOfNothing(this.#stage) : outcome;
    this.#members.forEach((member, position) => {
      const result = this.#results[position] ?? null;
      if (result?.ok === true) this.#context.memory.merge(result.state, result.metrics);
      member.onEnd(member.stage, result === null ? rest : outcomeOf(member, result, this.#version));
    });
  }
}

function outcomeOf({ stage, type }: Member, result: ItemResult, version: string | undefined): StageOutcome {
  if (result.ok) return activitySuccess(type, version === undefined ? result : { ...result, version });
  const { type: errorType, message, attempt = 1 } = result;
  return { status: 'failed', error: { type: errorType, message, stage: stage.id }, attempts: attempt };
}

/** What ended in a batch that failed as a whole. */
function resultsIn(error: unknown): ReadonlyArray<ItemResult | null> {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof ApplicationFailure) && !(cause instanceof CancelledFailure)) return [];
  const detail = cause.details?.[0] as Partial<TaskFailureDetail> | null | undefined;
  return detail?.items ?? [];
}

/** A worker that does not know of batches gave no result for an item. */
function outcomeOfNothing(stage: StagePlan): StageOutcome {
  const message =
    'its worker gave no result for this item; a worker that serves batches gives one for each of `items`';
  return { status: 'failed', error: { type: ERROR_TYPE.validation, message, stage: stage.id }, attempts: 1 };
}
