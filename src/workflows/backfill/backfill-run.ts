import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { BackfillEndStatus, BackfillInput, BackfillReport } from '../../engine/backfill.js';
import { BackfillLedger } from '../../engine/backfill-ledger.js';
import { unpackWindows } from '../../engine/backfill-windows.js';
import { isoTime } from '../../engine/stage-record.js';
import type { Paused, Steer } from '../../engine/steering.js';
import { ERROR_TYPE } from '../../shared/names.js';
import type { Partition } from '../../shared/partition.js';
import { isHistoryLong } from '../history-limits.js';
import { firstNotes, RunNotes } from '../run-notes.js';
import { publishStatus } from '../search-attributes.js';
import { byWhom, checkSteer } from '../steering/check-steer.js';
import { PauseSwitch } from '../steering/pause-switch.js';
import { refusal } from '../steering/refusal.js';
import { backfillDetails } from './details.js';
import { runPartition } from './run-partition.js';

type Stop = 'cancelled' | 'after_wave';

/** One backfill: joins the ledger, which knows what may start, with the child runs that do it. */
export class BackfillRun {
  readonly #input: BackfillInput;
  readonly #windows: readonly Partition[];
  readonly #ledger: BackfillLedger;
  readonly #startedAt: number;
  readonly #pause: PauseSwitch;
  readonly #notes: RunNotes;
  readonly #root = new CancellationScope({ cancellable: false });
  readonly #scope = new CancellationScope({ cancellable: true, parent: this.#root });
  #stopped: Stop | null = null;
  #status: BackfillReport['status'] = 'running';
  #endedAt: number | null = null;

  constructor(input: BackfillInput) {
    const { carried, letters, order, max_parallel, max_failures } = input;
    this.#input = input;
    this.#windows = unpackWindows(input.windows);
    this.#ledger = new BackfillLedger(carried?.book ?? { letters, runs: [], errors: [] }, {
      order,
      maxParallel: max_parallel,
      maxFailures: max_failures,
    });
    this.#startedAt =
      carried === undefined ? workflowInfo().startTime.getTime() : Date.parse(carried.started_at);
    this.#pause = new PauseSwitch(carried?.paused ?? null);
    this.#notes = new RunNotes(carried?.notes ?? firstNotes(input.run));
    const details = { toJSON: () => backfillDetails(this.report(true), this.#windows) };
    setCurrentDetails(details as unknown as string);
  }

  /** Runs all partitions to their end. Throws what the workflow ends with when the backfill does not succeed. */
  execute(): Promise<BackfillReport> {
    return this.#root.run(async () => {
      this.#pump();
      await condition(() => this.#isAtRest);
      if (!this.#ledger.isComplete && !this.#isOver) return this.#continue();
      const isCancelled = this.#stopped !== null && !this.#ledger.isComplete;
      this.#ledger.abandon();
      return this.#close(isCancelled || this.#stopped === 'cancelled' ? 'cancelled' : this.#ledger.endStatus);
    });
  }

  report(withBook: boolean): BackfillReport {
    const { workflowId, firstExecutionRunId } = workflowInfo();
    const { run } = this.#input;
    return {
      backfill_id: workflowId,
      run_id: firstExecutionRunId,
      pipeline: run.plan.pipeline,
      version: run.plan.version,
      mode: run.mode,
      status: this.#status,
      started_at: isoTime(this.#startedAt),
      ended_at: isoTime(this.#endedAt),
      counts: this.#ledger.counts(),
      fraction: this.#ledger.fraction(),
      eta_ms: this.#pause.isOn || this.#endedAt !== null ? null : this.#ledger.etaMs(Date.now()),
      paused: this.#pause.paused,
      notes: this.#notes.all,
      ...(withBook ? { book: this.#ledger.book() } : {}),
    };
  }

  /** Starts no more partitions; unless it is `after_wave`, those that run are cancelled too. */
  stop(reason: Stop, note: string): void {
    if (this.#endedAt !== null || this.#stopped === 'cancelled' || this.#stopped === reason) return;
    this.#stopped = reason;
    this.#notes.add(note);
    if (this.#pause.isOn) this.#pause.set(null);
    if (reason === 'cancelled') this.#scope.cancel();
  }

  checkPause(message: unknown): void {
    checkSteer(message);
    if (this.#pause.isOn) throw refusal('The backfill is paused already.');
    if (this.#isOver) throw refusal('It is too late to pause the backfill: it is ending.');
  }

  pause(message: Steer): void {
    const { by, reason = null } = message;
    this.#notes.add(`paused by ${byWhom(message)}`);
    this.#pause.set({ by, reason, at: isoTime(Date.now()) } satisfies Paused);
  }

  checkUnpause(message: unknown): void {
    checkSteer(message);
    if (!this.#pause.isOn) throw refusal('The backfill is not paused.');
  }

  unpause(message: Steer): void {
    this.#notes.add(`unpaused by ${byWhom(message)}`);
    this.#pause.set(null);
    this.#pump();
  }

  /** Does what the update of that name does; what it would refuse leaves a note and changes nothing. */
  bySignal(name: 'pause' | 'unpause', message: Steer): void {
    try {
      if (name === 'pause') this.checkPause(message);
      else this.checkUnpause(message);
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      return this.#notes.add(`${name} was refused: ${error.message}`);
    }
    if (name === 'pause') this.pause(message);
    else this.unpause(message);
  }

  #pump(): void {
    while (this.#stopped === null && !this.#pause.isOn && !this.#isLong) {
      const index = this.#ledger.next(Date.now());
      if (index === null) return;
      this.#start(index);
    }
  }

  #start(index: number): void {
    const partition = this.#windows[index];
    if (partition === undefined) throw new Error(`The backfill has no partition ${index}.`);
    void this.#scope
      .run(() =>
        runPartition(partition, this.#input, {
          pause: this.#pause,
          onStart: (runId) => this.#ledger.started(index, runId, Date.now()),
        }),
      )
      .then((end) => {
        this.#ledger.end(index, end, Date.now());
        this.#pump();
      });
  }

  /** True when nothing more will start. */
  get #isOver(): boolean {
    return this.#stopped !== null || this.#ledger.hasTooManyFailures || this.#ledger.isComplete;
  }

  get #isLong(): boolean {
    const { limits } = this.#input;
    return isHistoryLong() || workflowInfo().historyLength >= (limits?.events ?? Infinity);
  }

  get #isAtRest(): boolean {
    return this.#ledger.running === 0 && (this.#isOver || this.#isLong);
  }

  async #continue(): Promise<never> {
    await condition(allHandlersFinished);
    const next: BackfillInput = {
      ...this.#input,
      carried: {
        started_at: isoTime(this.#startedAt),
        book: this.#ledger.book(),
        notes: this.#notes.all,
        paused: this.#pause.paused,
      },
    };
    return continueAsNew<(input: BackfillInput) => Promise<never>>(next);
  }

  async #close(status: BackfillEndStatus): Promise<BackfillReport> {
    this.#status = status;
    this.#endedAt = Date.now();
    publishStatus(status, []);
    if (!allHandlersFinished()) await condition(allHandlersFinished);
    const report = this.report(true);
    if (status === 'succeeded') return report;
    if (status === 'cancelled') throw new CancelledFailure('The backfill was cancelled');
    const { failed, timed_out, cancelled } = report.counts;
    throw ApplicationFailure.create({
      type: ERROR_TYPE.backfillFailed,
      message: `failed: of ${report.counts.total} partitions ${failed + timed_out} failed and ${cancelled} did not end`,
      nonRetryable: true,
      details: [report],
    });
  }
}
