import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import { unpackPlan } from '../engine/pack-plan.js';
import type { Plan, StagePlan } from '../engine/plan.js';
import type { RunEndStatus, RunResult, RunStatus, StageError } from '../engine/result.js';
import { originOf, withGains } from '../engine/reuse.js';
import type { RunInput } from '../engine/run-input.js';
import type { RunLedger } from '../engine/run-ledger.js';
import { RunJournal } from '../engine/run-journal.js';
import { endStatus, type RunFile, runStatus } from '../engine/run-result.js';
import type { OpenStatus, StageOutcome, StageRecord } from '../engine/stage-record.js';
import { runsAfterStop, type StopReason } from '../engine/verdict.js';
import type { JsonObject } from '../shared/json.js';
import { continueRun } from './continue-run.js';
import { createLedger } from './create-ledger.js';
import { showDetails } from './details.js';
import { DispatchBudget } from './dispatch-budget.js';
import { endRun } from './end-run.js';
import { enterGroup } from './group-lock.js';
import { isHistoryLong, mustDrain } from './history-limits.js';
import { MapHost } from './map/map-host.js';
import { StreamDesk } from './map/stream-desk.js';
import type { StatusOptions } from './messages.js';
import { resolveOutputs } from './outputs.js';
import { restoreEnded, takenOver } from './restore-ended.js';
import { PoolDesk } from './pool/pool-desk.js';
import { RunMemory } from './run-memory.js';
import { firstNotes, RunNotes } from './run-notes.js';
import { startClock } from './run-clock.js';
import { isUnchecked, refusalOfStart } from './scheduled-start.js';
import { judgeCondition } from './stages/judge-condition.js';
import { launchStage, relaunchStage } from './stages/launch-stage.js';
import type { StageRunContext, StageWait } from './stages/stage-context.js';
import { shownIn } from './steering/open-waits.js';
import type { SteeredRun } from './steering/steered-run.js';
import { Steering } from './steering/steering.js';
import { StopScopes } from './stop-scopes.js';
import { windUp } from './wind-up.js';

/** One run: joins the ledger, which knows what may start, with the stage runners, which do it. */
export class PipelineRun {
  readonly #input: RunInput;
  readonly #plan: Plan;
  readonly #startedAt: number;
  readonly #memory: RunMemory;
  readonly #ledger: RunLedger;
  readonly #budget = new DispatchBudget(() => this.#pump());
  /** Nothing below it is cancelled but by this class. */
  readonly #root = new CancellationScope({ cancellable: false });
  readonly #scopes = new StopScopes(this.#root);
  readonly #maps: MapHost;
  readonly #streams = new StreamDesk((stage) => this.#ledger.record(stage));
  readonly #pools: PoolDesk;
  readonly #after = { hooks: [] as StageRecord[], undone: new Map<string, StageRecord>() };
  readonly #notes: RunNotes;
  readonly #context: StageRunContext;
  readonly #steering: Steering;
  readonly #journal = new RunJournal();
  #queue: StagePlan[] = [];
  #isPumping = false;
  #enforced: StopReason | null = null;
  #status: RunStatus['status'] = 'running';
  #endedAt: number | null = null;
  #outputs: JsonObject = {};
  #error: StageError | null = null;

  constructor(input: RunInput) {
    const { carried } = input;
    const plan = unpackPlan(input.plan);
    this.#input = input;
    this.#plan = plan;
    this.#maps = new MapHost(input.map_limits);
    this.#startedAt =
      carried === undefined ? workflowInfo().startTime.getTime() : Date.parse(carried.started_at);
    this.#memory = new RunMemory(input, this.#startedAt);
    this.#notes = new RunNotes(carried?.notes ?? firstNotes(input), this.#journal);
    this.#steering = new Steering(input, {
      root: this.#root,
      notes: this.#notes,
      memory: this.#memory,
      file: () => this.#file(),
    });
    this.#pools = new PoolDesk(plan.pools, this.#startedAt);
    this.#ledger = createLedger(plan, input.mode, {
      judge: (stage) => judgeCondition(stage, this.#memory.scope),
      onEnd: (record) => this.#remember(record),
    });
    this.#context = {
      plan,
      memory: this.#memory,
      journal: this.#journal,
      scope: this.#memory.scope,
      budget: this.#budget,
      maps: this.#maps,
      streams: this.#streams,
      pools: this.#pools,
      launch: launchStage,
      ...takenOver(input),
      mark: (stage, status, wait) => this.#mark(stage, status, wait),
      ...this.#steering.desks,
    };
    restoreEnded(input, { ledger: this.#ledger, ...this.#context }, this.#startedAt);
    const records = () => [...this.#ledger.records, ...this.#after.undone.values(), ...this.#after.hooks];
    showDetails(records, (id) => this.#maps.get(id)?.summary(), this.#steering);
  }

  /** Runs everything to its end. Throws what the workflow ends with when the run does not succeed. */
  execute(): Promise<RunResult> {
    return this.#root.run(async () => {
      if (isUnchecked(this.#input)) this.#error = await refusalOfStart(this.#input, this);
      const group = await enterGroup(this.#plan.concurrency, {
        isGoingOn: this.#input.carried !== undefined,
        keptBy: this.#input.carried?.group_lock ?? null,
        isStopped: () => this.#ledger.stopped !== null,
        onQueue: (isQueued) => {
          this.#status = isQueued ? 'queued' : 'running';
        },
      });
      const clock = startClock(this.#plan, this.#startedAt, (note) => this.stop('timed_out', note));
      this.#steering.watchTime(this.#startedAt);
      this.#reopen();
      this.#pump();
      await condition(() => this.#isAtRest());
      clock.cancel();
      this.#steering.releaseTime();
      if (this.#pools.isSpeaking) await this.#pools.settled();
      if (!this.#ledger.isComplete) return this.#continue(await group.keep());
      const status = this.#settle(endStatus(this.#ledger.records, this.#ledger.stopped, this.#error));
      await windUp(status, this.#context, { ...this.#after, ledger: this.#ledger, steering: this.#steering });
      if (this.#pools.isSpeaking) await this.#pools.settled();
      group.release();
      return this.#close(status);
    });
  }

  status(options?: StatusOptions): RunStatus {
    const since = options?.since === undefined ? null : Date.parse(options.since);
    return runStatus(this.#file(), { outputs: options?.outputs ?? true, since });
  }

  /** What the people who steer the run may do. */
  get steered(): SteeredRun {
    return {
      plan: this.#plan,
      startedAt: this.#startedAt,
      ledger: this.#ledger,
      memory: this.#memory,
      steering: this.#steering,
      notes: this.#notes,
      pump: () => this.#pump(),
      stop: (reason, note) => this.stop(reason, note),
    };
  }

  /** Stops the run as {@link StopReason} says, once. It is no longer paused then, so that it can end. */
  stop(reason: StopReason, note: string): void {
    if (this.#steering.pause.isOn) this.#steering.pause.set(null);
    if (this.#endedAt !== null || !this.#ledger.stop(reason, Date.now())) return;
    this.#notes.add(note);
    this.#enforceStop();
    this.#pump();
  }

  /** Starts all that may start now. */
  #pump(): void {
    if (this.#isPumping || this.#status === 'queued') return;
    this.#isPumping = true;
    this.#scopes.enter(() => this.#launchAll());
    this.#isPumping = false;
  }

  /** Kinds that end at once can make further stages ready, hence the loop. */
  #launchAll(): void {
    for (;;) {
      if (this.#queue.length === 0) {
        if (this.#steering.pause.isOn || mustDrain() || (isHistoryLong() && this.#isIdle)) return;
        this.#queue = this.#journal.started(this.#ledger.startable(Date.now())).toReversed();
        this.#enforceStop();
      }
      if (this.#queue.length === 0 || this.#budget.isSpent(this.#root)) return;
      const stage = this.#queue.pop();
      if (stage !== undefined) this.#launch(stage);
    }
  }

  #launch(stage: StagePlan): void {
    const { stopped } = this.#ledger;
    if (stopped !== null && !runsAfterStop(stage.run_when, stopped)) {
      return this.#end(stage, { status: 'cancelled' });
    }
    this.#steering.deadlines.watchStage(stage, Date.now());
    this.#scopes.run(stage, () => {
      const outcome = launchStage(stage, this.#context, this.#onEnd);
      if (outcome !== null) this.#end(stage, outcome);
    });
  }

  readonly #onEnd = (stage: StagePlan, outcome: StageOutcome): void => {
    this.#end(stage, outcome);
    this.#pump();
  };

  #mark(stage: StagePlan, status: OpenStatus, wait?: StageWait): void {
    this.#journal.changed(this.#ledger.mark(stage.id, status, Date.now(), shownIn(wait)));
    this.#steering.show(stage, status, wait);
    this.#pump();
  }

  #continue(groupLock: string | null): Promise<never> {
    const input = this.#steering.amendedInput(this.#plan, this.#ledger, this.#memory);
    const rest = { notes: this.#notes.all, groupLock, ...this.#steering.carried(this.#ledger) };
    return continueRun(input, this.#startedAt, { ledger: this.#ledger, ...this.#context }, rest);
  }

  /** Goes on with the waits for people that began in an earlier history. */
  #reopen(): void {
    for (const open of this.#input.carried?.open ?? []) {
      const stage = this.#ledger.record(open.id)?.plan;
      if (stage === undefined) continue;
      this.#steering.deadlines.watchStage(stage, Date.parse(open.started_at));
      this.#scopes.run(stage, () => relaunchStage(stage, this.#context, { onEnd: this.#onEnd, open }));
    }
  }

  /** True when nothing runs but what can go on in a new history. */
  get #isIdle(): boolean {
    return this.#ledger.running.size === this.#steering.waits.count && !this.#steering.isTelling;
  }

  #remember(record: StageRecord): void {
    this.#memory.remember(record);
    this.#journal.ended(record);
    this.#steering.deadlines.release(record.plan.id);
    if (this.#input.expected_ms !== undefined) this.#steering.predict(this.#ledger);
  }

  #end(stage: StagePlan, outcome: StageOutcome): void {
    this.#steering.forget(stage.id);
    this.#ledger.end(stage.id, withGains(outcome, this.#input.reuse?.gains?.[stage.id]), Date.now());
    this.#enforceStop();
    this.#streams.ended(stage.id);
  }

  /** Cancels what the ledger's stop does not let go on, whatever caused it. */
  #enforceStop(): void {
    const { stopped } = this.#ledger;
    if (stopped === null || stopped === this.#enforced) return;
    this.#enforced = stopped;
    if (stopped === 'after_wave') this.#maps.stopStarting();
    this.#scopes.cancel(stopped);
    this.#pools.stop(stopped);
    this.#steering.holds.stop(stopped);
  }

  /** Asked after every workflow task: true when hooks may start, or when the run must go on in a new history. */
  #isAtRest(): boolean {
    if (this.#ledger.isComplete) return !this.#steering.pause.isOn;
    return isHistoryLong() && this.#isIdle;
  }

  #settle(status: RunEndStatus): RunEndStatus {
    if (status !== 'succeeded') return status;
    const { outputs, error, notes } = resolveOutputs(this.#plan, this.#memory.scope, this.#ledger.records);
    this.#outputs = outputs;
    this.#error = error;
    for (const note of notes) this.#notes.add(note);
    return error === null ? 'succeeded' : 'failed';
  }

  #close(status: RunEndStatus): Promise<RunResult> {
    this.#status = status;
    this.#endedAt = Date.now();
    return endRun(this.#file(), this.#input);
  }

  #file(): RunFile {
    const info = workflowInfo();
    return {
      pipeline: this.#plan.pipeline,
      version: this.#plan.version,
      workflowId: info.workflowId,
      runId: info.firstExecutionRunId,
      mode: this.#input.mode,
      resumedFrom: originOf(this.#input.reuse),
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
      now: Date.now(),
      status: this.#status,
      stages: this.#ledger.records,
      ...this.#after,
      outputs: this.#outputs,
      error: this.#error,
      metrics: this.#memory.metrics,
      state: this.#memory.state,
      liveItems: (stage, withLedger) => this.#maps.get(stage)?.summary(withLedger),
      notes: this.#notes.all,
      ...this.#steering.shown,
    };
  }
}
