import { CancellationScope } from '@temporalio/workflow';
import { inheritedMode, modeOf } from '../../engine/inherited-mode.js';
import type { Plan, StagePlan } from '../../engine/plan.js';
import type { RunEndStatus } from '../../engine/result.js';
import { RunLedger } from '../../engine/run-ledger.js';
import { endStatus, firstFailure } from '../../engine/run-result.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { runsAfterStop, type StopReason } from '../../engine/verdict.js';
import type { JsonObject } from '../../shared/json.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { MOST_RUNNING } from '../history-limits.js';
import { resolveOutputs } from '../outputs.js';
import { type Clock, startClock } from '../run-clock.js';
import { hooksFor, runHook } from '../run-hooks.js';
import { RunMemory } from '../run-memory.js';
import { judgeCondition } from '../stages/judge-condition.js';
import type { OnStageEnd, StageRunContext } from '../stages/stage-context.js';
import { failedOutcome, timeoutOutcome } from '../stage-failure.js';
import { undoAll } from '../run-undo.js';
import { StopScopes } from '../stop-scopes.js';
import { StreamDesk } from './stream-desk.js';

export type ItemRunOptions = {
  /** The pipeline stage, with the ID that this item has in its run. */
  readonly stage: StagePlan;
  readonly plan: Plan;
  readonly inputs: JsonObject;
  readonly context: StageRunContext;
  /** Limit of the whole; null for none. */
  readonly timeoutMs: number | null;
  /** Called with the outcome, unless {@link ItemRun.start} gave it. */
  readonly onEnd: (outcome: StageOutcome) => void;
};

/**
 * A pipeline that runs inside the workflow of whoever started it: for an item of a fan-out, where a child workflow
 * would cost more than all of its stages. It has inputs, variables and state of its own, and the facts of its run.
 */
export class ItemRun {
  readonly #options: ItemRunOptions;
  readonly #memory: RunMemory;
  readonly #ledger: RunLedger;
  readonly #streams: StreamDesk;
  readonly #context: StageRunContext;
  /** Where it was started, and where its end is reported: its own scopes may be cancelled by then. */
  readonly #outer = CancellationScope.current();
  readonly #root = new CancellationScope({ cancellable: false });
  readonly #scopes = new StopScopes(this.#root);
  #queue: StagePlan[] = [];
  #isPumping = false;
  #isStarting = true;
  #isSettled = false;
  #enforced: StopReason | null = null;
  #clock: Clock | null = null;
  #outcome: StageOutcome | null = null;
  #stopWaiting: (() => void) | null = null;

  constructor(options: ItemRunOptions) {
    const { plan, inputs } = options;
    // A batch takes in the activity of an item; stages of a pipeline travel alone.
    const { runActivity: _batch, ...context } = options.context;
    this.#options = options;
    const mode = inheritedMode(plan, context.memory.facts.mode);
    const chosen = modeOf(plan, mode);
    const selected = chosen?.stages ?? null;
    const input = { plan, inputs, variables: { ...plan.variables, ...chosen?.variables }, mode };
    this.#memory = new RunMemory(input, Date.now(), context.memory.facts);
    this.#ledger = new RunLedger(plan.stages, {
      scheduling: plan.scheduling,
      failure: plan.failure,
      maxRunning: Math.min(plan.max_parallel_stages ?? MOST_RUNNING, MOST_RUNNING),
      selected: selected === null ? null : new Set(selected),
      judge: (stage) => judgeCondition(stage, this.#memory.scope),
      onEnd: (record) => this.#memory.remember(record),
    });
    this.#streams = new StreamDesk((id) => this.#ledger.record(id), `${options.stage.id}/`);
    this.#context = {
      ...context,
      streams: this.#streams,
      isPartOfItem: true,
      plan: { ...plan, pipelines: context.plan.pipelines },
      memory: this.#memory,
      scope: this.#memory.scope,
      mark: (stage, status) => this.#ledger.mark(stage.id, status, Date.now()),
    };
  }

  /** Starts it: gives its outcome if it ends at once, or null and reports it later. */
  start(): StageOutcome | null {
    // Whoever cancels may live much longer than this: it must not keep it in memory.
    const alive: { run: ItemRun | null } = { run: this };
    this.#release = () => {
      alive.run = null;
    };
    this.#outer.cancelRequested.catch(() => alive.run?.stop('cancelled'));
    const { plan, timeoutMs } = this.#options;
    if (timeoutMs !== null) {
      void this.#root.run(async () => {
        this.#clock = startClock({ ...plan, timeout_ms: timeoutMs }, Date.now(), () =>
          this.stop('timed_out'),
        );
      });
    }
    this.#pump();
    this.#isStarting = false;
    return this.#outcome;
  }

  /** Stops it as a run is stopped: its `finally` stages still run. */
  stop(reason: StopReason): void {
    if (this.#isSettled || !this.#ledger.stop(reason, Date.now())) return;
    this.#enforceStop();
    this.#pump();
  }

  #release: () => void = () => undefined;

  #pump(): void {
    if (this.#isPumping || this.#isSettled) return;
    this.#isPumping = true;
    this.#scopes.enter(() => this.#launchAll());
    this.#isPumping = false;
    if (this.#ledger.isComplete) this.#settle();
  }

  #launchAll(): void {
    const { budget } = this.#context;
    for (;;) {
      if (this.#queue.length === 0) {
        this.#queue = [...this.#ledger.startable(Date.now())].reverse();
        this.#enforceStop();
      }
      if (this.#queue.length === 0 || this.#isPaused()) return;
      if (budget.isSpent(this.#root)) return budget.onceRefilled(() => this.#pump());
      const stage = this.#queue.pop();
      if (stage !== undefined) this.#launch(stage);
    }
  }

  /** A paused run starts nothing here either; what was stopped has to end all the same. */
  #isPaused(): boolean {
    const { pause } = this.#context;
    if (!pause.isOn || this.#ledger.stopped !== null) return false;
    if (this.#stopWaiting !== null) return true;
    this.#stopWaiting = pause.onChange((paused) => {
      if (paused !== null) return;
      this.#stopWaiting?.();
      this.#stopWaiting = null;
      this.#pump();
    });
    return true;
  }

  #launch(stage: StagePlan): void {
    const { stopped } = this.#ledger;
    if (stopped !== null && !runsAfterStop(stage.run_when, stopped)) {
      return this.#end(stage, { status: 'cancelled' });
    }
    this.#scopes.run(stage, () => {
      const outcome = this.#start(stage, this.#context, this.#onEnd);
      if (outcome !== null) this.#end(stage, outcome);
    });
  }

  /** Outside it a stage is known by its path, so that activities, logs and idempotency keys of items stay apart. */
  #start(stage: StagePlan, context: StageRunContext, onEnd: OnStageEnd): StageOutcome | null {
    const known = { ...stage, id: `${this.#options.stage.id}/${stage.id}` };
    const { mark } = context;
    return context.launch(
      known,
      { ...context, mark: (_known, status) => mark(stage, status) },
      (_known, outcome) => onEnd(stage, outcome),
    );
  }

  readonly #onEnd = (stage: StagePlan, outcome: StageOutcome): void => {
    this.#end(stage, outcome);
    this.#pump();
  };

  #end(stage: StagePlan, outcome: StageOutcome): void {
    this.#ledger.end(stage.id, outcome, Date.now());
    this.#enforceStop();
    this.#streams.ended(stage.id);
  }

  #enforceStop(): void {
    const { stopped } = this.#ledger;
    if (stopped === null || stopped === this.#enforced) return;
    this.#enforced = stopped;
    this.#scopes.cancel(stopped);
  }

  #settle(): void {
    this.#isSettled = true;
    this.#clock?.cancel();
    const status = endStatus(this.#ledger.records, this.#ledger.stopped);
    const outcome = this.#outcomeOf(status);
    const ended: RunEndStatus = outcome.status === 'failed' ? 'failed' : status;
    const hooks = hooksFor(this.#options.plan.hooks, ended);
    const hasUndo = ended !== 'succeeded' && this.#options.plan.stages.some((stage) => stage.undo !== null);
    if (hooks.length === 0 && !hasUndo) return this.#finish(outcome);
    void this.#root.run(() => this.#endAs(ended, hooks)).then(() => this.#finish(outcome));
  }

  /** Takes back what was done if it did not succeed, then runs its hooks. */
  async #endAs(status: RunEndStatus, hooks: readonly StagePlan[]): Promise<void> {
    const context = { ...this.#context, status, start: this.#start.bind(this) };
    if (status !== 'succeeded') await undoAll(this.#ledger.ended, context);
    for (const stage of hooks) await runHook(stage, context, () => undefined);
  }

  #finish(outcome: StageOutcome): void {
    this.#release();
    this.#stopWaiting?.();
    if (this.#isStarting) this.#outcome = outcome;
    else void this.#outer.run(async () => this.#options.onEnd(outcome));
  }

  #outcomeOf(status: RunEndStatus): StageOutcome {
    const { stage, plan } = this.#options;
    const { metrics, scope } = this.#memory;
    if (status === 'cancelled') return { status, attempts: 1 };
    if (status === 'timed_out') return timeoutOutcome(stage, `pipeline "${plan.pipeline}" timed out`, 1);
    if (status === 'failed') return this.#failed();
    const { outputs, error } = resolveOutputs(plan, scope, this.#ledger.records);
    if (error === null) return { status, output: outputs, metrics, attempts: 1 };
    return failedOutcome(
      stage,
      ERROR_TYPE.pipelineFailed,
      `pipeline "${plan.pipeline}" failed: ${error.message}`,
    );
  }

  #failed(): StageOutcome {
    const { stage, plan } = this.#options;
    const record = firstFailure(this.#ledger.records);
    const error = record?.outcome?.error;
    const where = record === null ? '' : ` at stage "${record.plan.id}"`;
    const message = `pipeline "${plan.pipeline}" failed${where}: ${error?.message ?? 'no reason is known'}`;
    const type = ERROR_TYPE.pipelineFailed;
    return { status: 'failed', error: { type, message, stage: error?.stage ?? stage.id }, attempts: 1 };
  }
}
