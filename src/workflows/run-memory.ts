import { workflowInfo } from '@temporalio/workflow';
import type { RunInput } from '../engine/run-input.js';
import { isoTime, type StageRecord } from '../engine/stage-record.js';
import type { Scope, StageScope } from '../expressions/scope.js';
import { resolveTemplate } from '../expressions/template.js';
import type { Json } from '../shared/json.js';
import { NO_PARTITION } from '../shared/partition.js';
import type { RunFacts, SecretSlot, StageTask } from '../shared/task.js';
import type { StagePlan, Template } from '../engine/plan.js';

/** What expressions and stages of a run can see: grows as stages end, in completion order. */
export class RunMemory {
  readonly facts: RunFacts;
  readonly state: Record<string, Json> = {};
  readonly metrics: Record<string, number> = {};
  readonly #input: RunInput;
  readonly #stages: Record<string, StageScope> = {};
  readonly #scope: { -readonly [K in keyof Scope]: Scope[K] };

  /** `facts` are those of the run that this one is a part of, where it has none of its own. */
  constructor(input: RunInput, startedAt: number, facts?: RunFacts) {
    this.#input = input;
    this.facts = facts ?? runFacts(input, startedAt);
    Object.assign(this.state, input.carried?.state);
    Object.assign(this.metrics, input.carried?.metrics);
    this.#scope = {
      inputs: input.inputs,
      variables: input.variables,
      stages: this.#stages,
      state: this.state,
      metrics: this.metrics,
      run: { ...this.facts, partition: this.facts.partition ?? NO_PARTITION },
    };
  }

  get scope(): Scope {
    return this.#scope;
  }

  /** The scope of hooks, which also know how the run ended. */
  hookScope(status: string): Scope {
    return { ...this.#scope, run: { ...this.#scope.run, status } };
  }

  /** Shows the end of a stage to later expressions. */
  remember(record: StageRecord): void {
    const { outcome, plan, status } = record;
    const hasFailed = status === 'failed' || status === 'timed_out';
    // Both tell by their output why they did not pass.
    const tells = plan.action.kind === 'gate' || plan.action.kind === 'canary';
    const output = hasFailed && !tells ? null : (outcome?.output ?? null);
    this.#stages[plan.id] = {
      output,
      // Whether a stage ran in this run or another must not change what a pipeline decides; a stand-in may.
      status: status === 'reused' && outcome?.fallback === undefined ? 'succeeded' : status,
      metrics: outcome?.metrics ?? {},
      error: outcome?.error ?? null,
    };
  }

  /** What a person changed; later expressions see it. */
  setVariable(name: string, value: Json): void {
    this.#scope.variables = { ...this.#scope.variables, [name]: value };
  }

  /** Merges what a stage added to shared state and to the run's counters. */
  merge(
    state: Readonly<Record<string, Json>> | undefined,
    metrics: Readonly<Record<string, number>> | undefined,
  ): void {
    if (state !== undefined) Object.assign(this.state, state);
    for (const [name, amount] of Object.entries(metrics ?? {})) {
      this.metrics[name] = (this.metrics[name] ?? 0) + amount;
    }
  }

  /** The argument of a stage's activity. */
  task(stage: StagePlan, params: Template, scope: Scope): StageTask {
    const { value, secretSlots } = resolveTemplate(params, scope);
    return this.taskOf(stage, value, secretSlots);
  }

  taskOf(stage: StagePlan, params: Json, secretSlots: readonly SecretSlot[]): StageTask {
    const { secrets } = this.#input.plan;
    const { retryable_errors } = stage.retry;
    const hasState = Object.keys(this.state).length > 0;
    return {
      params,
      run: this.facts,
      stage: { id: stage.item?.stage ?? stage.id, name: stage.name },
      ...(stage.item === undefined ? {} : { item: { index: stage.item.index } }),
      ...(secrets.length > 0 ? { secrets } : {}),
      ...(secretSlots.length > 0 ? { secret_slots: secretSlots } : {}),
      ...(hasState ? { state: this.state } : {}),
      ...(retryable_errors.length > 0 ? { retryable_errors } : {}),
      ...(stage.artifacts.length > 0 ? { artifacts: stage.artifacts } : {}),
      ...(stage.grace_ms === undefined ? {} : { grace_ms: stage.grace_ms }),
      ...(stage.isolation === 'thread' ? { isolation: 'thread' as const } : {}),
    };
  }
}

function runFacts(input: RunInput, startedAt: number): RunFacts {
  const info = workflowInfo();
  const scheduled = info.searchAttributes['TemporalScheduledStartTime']?.[0];
  return {
    id: info.firstExecutionRunId,
    workflow_id: info.workflowId,
    pipeline: input.plan.pipeline,
    version: input.plan.version,
    mode: input.mode,
    attempt: info.attempt,
    started_at: isoTime(startedAt),
    scheduled_at:
      input.reuse?.scheduled_at ?? (scheduled instanceof Date ? scheduled.toISOString() : isoTime(startedAt)),
    ...(input.partition === undefined ? {} : { partition: input.partition }),
  };
}
