import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { type Deadline, deadlineOf } from '../../engine/deadline.js';
import { remainingPathMs } from '../../engine/remaining-path.js';
import { isoTime, type StageRecord } from '../../engine/stage-record.js';
import type { Alarm, AlarmKind } from '../../engine/steering.js';
import { formatDuration } from '../../shared/format-duration.js';

/** What has to end in time: a stage, or the whole run (null). */
type Watched = { readonly stage: string | null; readonly deadline: number; readonly warnMs: number };

export type DeadlinesOptions = {
  readonly alarms: readonly Alarm[];
  /** The scope of the run; timers end with the run at the latest. */
  readonly root: CancellationScope;
  readonly note: (text: string) => void;
  /** Called after each alarm. */
  readonly onAlarm?: () => void;
};

/** Durable timers that alarm people before a deadline and at it. They never stop anything. */
export class Deadlines {
  readonly #alarms: Alarm[];
  readonly #options: DeadlinesOptions;
  readonly #clocks = new Map<string | null, CancellationScope>();
  #run: Watched | null = null;

  constructor(options: DeadlinesOptions) {
    this.#alarms = [...options.alarms];
    this.#options = options;
  }

  get alarms(): readonly Alarm[] {
    return this.#alarms;
  }

  watchRun(run: Deadline, startedAt: number): void {
    const due = deadlineOf(run, startedAt);
    this.#run = due === null ? null : { stage: null, ...due };
    this.release(null);
    if (this.#run !== null) this.#watch(this.#run);
  }

  watchStage(stage: Deadline & { readonly id: string }, startedAt: number): void {
    const due = deadlineOf(stage, startedAt);
    if (due !== null) this.#watch({ stage: stage.id, ...due });
  }

  /** Ends the watch over a stage that ended, or over the run (null). */
  release(stage: string | null): void {
    this.#clocks.get(stage)?.cancel();
    this.#clocks.delete(stage);
  }

  releaseAll(): void {
    for (const clock of this.#clocks.values()) clock.cancel();
    this.#clocks.clear();
    this.#run = null;
  }

  /** Alarms once when the stages that are left are expected to take longer than there is time. */
  predict(records: Iterable<StageRecord>, expected: Readonly<Record<string, number>>): void {
    const run = this.#run;
    const now = Date.now();
    if (run === null || now >= run.deadline || this.#isRaised('deadline_at_risk', run)) return;
    const needed = remainingPathMs(records, expected, now);
    const left = run.deadline - now;
    if (needed <= left) return;
    this.#raise(
      'deadline_at_risk',
      run,
      `what is left is expected to take ${roughly(needed)}, with ${roughly(left)} until the deadline`,
    );
  }

  #watch(watched: Watched): void {
    const clock = new CancellationScope({ cancellable: true, parent: this.#options.root });
    this.#clocks.set(watched.stage, clock);
    void clock
      .run(() => this.#tick(watched))
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  async #tick(watched: Watched): Promise<void> {
    const { stage, deadline, warnMs } = watched;
    const whose = stage === null ? 'the run' : `stage "${stage}"`;
    if (warnMs > 0 && !this.#isRaised('deadline_near', watched)) {
      await until(deadline - warnMs, `warning of the deadline of ${whose}`);
      const left = deadline - Date.now();
      if (left > 0)
        this.#raise('deadline_near', watched, `${whose} has ${roughly(left)} left until its deadline`);
    }
    if (this.#isRaised('deadline_missed', watched)) return;
    await until(deadline, `deadline of ${whose}`);
    this.#raise('deadline_missed', watched, `${whose} missed its deadline`);
  }

  /** An alarm is raised once for a deadline; one that was moved is a new one. */
  #isRaised(kind: AlarmKind, { stage, deadline }: Watched): boolean {
    const at = isoTime(deadline);
    return this.#alarms.some(
      (alarm) => alarm.kind === kind && alarm.stage === stage && alarm.deadline === at,
    );
  }

  #raise(kind: AlarmKind, { stage, deadline }: Watched, message: string): void {
    const at = isoTime(deadline);
    this.#alarms.push({ kind, stage, at: isoTime(Date.now()), deadline: at, message });
    this.#options.note(`alarm: ${message} (${at})`);
    this.#options.onAlarm?.();
  }
}

async function until(instant: number, summary: string): Promise<void> {
  const ms = instant - Date.now();
  if (ms > 0) await sleep(ms, { summary });
}

/** Whole seconds are exact enough for people. */
function roughly(ms: number): string {
  return formatDuration(Math.max(1, Math.round(ms / 1_000)) * 1_000);
}
