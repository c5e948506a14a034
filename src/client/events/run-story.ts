import type { JournalEntry } from '../../engine/run-journal.js';
import type { RunResult } from '../../engine/result.js';
import { isoTime } from '../../engine/stage-record.js';
import { assertNever } from '../../shared/assert-never.js';
import type { LiveAttempt, LiveProgress } from '../live-attempt.js';
import { completedFromJournal, completedFromResult, errorEvent, hasEndedAfter } from './completed.js';
import type { Fact } from './fact.js';
import type { EventError, RunEventBody } from './run-event.js';
import { ToldAttempts } from './told-attempts.js';
import { UndoStory } from './undo-story.js';

/** An event and its place: the history event that tells it, and its number among what that one tells. */
export type Told = { readonly event: number; readonly index: number; readonly body: RunEventBody };

type OpenStage = {
  readonly startedAt: number;
  /** Its end is told by the journal alone. */
  isExplicit: boolean;
  /** The attempt whose failure was told as the last one. */
  failedAttempt: number;
};

/** What the journal and the activities of one workflow task tell; it is told as a whole. */
type Task = {
  readonly id: number;
  readonly at: number;
  readonly entries: JournalEntry[];
  readonly scheduled: string[];
  readonly undone: string[];
};

/**
 * Makes events of the facts of a history. Activities tell most of it; what they cannot tell stands in the run's
 * journal, which for its workflow task knows the order of everything. Holds what is open, never what has ended.
 */
export class RunStory {
  readonly #open = new Map<string, OpenStage>();
  /** Stages by the event that scheduled their activity. */
  readonly #activities = new Map<number, { readonly stage: string; attempt: number }>();
  readonly #undo = new UndoStory();
  /** Failed attempts that were told, of activities that are open. */
  readonly #told = new ToldAttempts();
  readonly #progress = new Map<string, LiveProgress>();
  /** Stages that ended, for as long as no journal is seen; runs that have one need no such list. */
  readonly #completed = new Set<string>();
  /** Where the first history began that was read: what ended before it was told to those who read earlier ones. */
  #since: number | null = null;
  #waves: number;
  #task: Task | null = null;
  #hasJournal = false;
  #out: Told[] = [];

  /** `waves`: how many there were before this history. */
  constructor(waves = 0) {
    this.#waves = waves;
  }

  get waves(): number {
    return this.#waves;
  }
  /** True while a look at open attempts may tell something. */
  get isActive(): boolean {
    return this.#activities.size > 0;
  }
  /** True while a stage has started and not ended. */
  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Failed attempts that were told before the history tells them. */
  get told(): Readonly<Record<string, number>> {
    return this.#told.all;
  }

  /** Goes on where an earlier reader had told so many failed attempts. */
  restoreTold(told: Readonly<Record<string, number>>): void {
    for (const [stage, attempt] of Object.entries(told)) this.#told.raise(stage, attempt);
  }

  /** The events of facts that follow those of before. Commands of one workflow task must come together. */
  tell(facts: readonly Fact[]): readonly Told[] {
    for (const fact of facts) this.#take(fact);
    this.#closeTask();
    const out = this.#out;
    this.#out = [];
    return out;
  }

  /** What open attempts tell before the history does. */
  look(attempts: ReadonlyMap<string, LiveAttempt>, now: number): readonly RunEventBody[] {
    const bodies: RunEventBody[] = [];
    for (const { stage } of this.#activities.values()) {
      const live = attempts.get(stage);
      if (live === undefined) continue;
      bodies.push(
        ...this.#told.before(stage, live.attempt, live.lastError, { at: now, next: live.nextAttemptAt }),
      );
      const { progress } = live;
      const { fraction, message } = this.#progress.get(stage) ?? {};
      if (progress === null || (fraction === progress.fraction && message === progress.message)) continue;
      this.#progress.set(stage, progress);
      bodies.push({ type: 'stage_progress', stage, ...progress });
    }
    return bodies;
  }

  /** The end of the run, after whatever its history does not tell: stages that were cut off, and runs without a journal. */
  end(result: RunResult, { id, at }: Fact): readonly Told[] {
    const missing = Object.entries({ ...result.stages, ...result.hooks }).filter(
      ([stage, ended]) =>
        this.#open.has(stage) || (this.#isUntold(stage) && hasEndedAfter(ended, this.#since)),
    );
    const bodies = missing.flatMap(([stage, ended]) => completedFromResult(stage, ended, at));
    return [...bodies, { type: 'run_ended' as const, at: isoTime(at), result }].map((body, i) => ({
      event: id,
      index: i + 1,
      body,
    }));
  }

  #isUntold(stage: string): boolean {
    return !this.#hasJournal && !this.#completed.has(stage);
  }

  #take(fact: Fact): void {
    if (fact.kind === 'scheduled') return this.#schedule(fact.id, fact.activityId);
    if (fact.kind === 'journal') return this.#journal(fact.page.entries);
    this.#closeTask();
    switch (fact.kind) {
      case 'decided':
        this.#task = { id: fact.id, at: fact.at, entries: [], scheduled: [], undone: [] };
        return;
      case 'began':
        return this.#began(fact);
      case 'attempt':
        return this.#attempt(fact);
      case 'succeeded':
        return this.#succeeded(fact);
      case 'closed':
        this.#activities.delete(fact.scheduledId);
        return this.#undone(fact, fact.error);
      case 'child':
        return this.#child(fact);
      case 'continued':
      case 'ended':
        return;
      default:
        return assertNever(fact);
    }
  }

  #journal(entries: readonly JournalEntry[]): void {
    this.#hasJournal = true;
    this.#completed.clear();
    this.#task?.entries.push(...entries);
  }

  #began({ id, at, pipeline, firstRunId, isFirst, workflowId }: Extract<Fact, { kind: 'began' }>): void {
    this.#since ??= isFirst ? 0 : at;
    if (!isFirst) return;
    const run = { pipeline, workflow_id: workflowId, run_id: firstRunId };
    this.#out.push({ event: id, index: 1, body: { type: 'run_started', at: isoTime(at), ...run } });
  }

  #schedule(id: number, activityId: string): void {
    const undone = this.#undo.schedule(id, activityId);
    if (undone !== null) this.#task?.undone.push(undone);
    // IDs of stages hold neither; activities of items, pages and fallbacks do.
    if (/[./]/.test(activityId)) return;
    this.#activities.set(id, { stage: activityId, attempt: 1 });
    this.#told.forget(activityId);
    this.#task?.scheduled.push(activityId);
  }

  #child({ id, at, stage, pipeline, workflowId, runId }: Extract<Fact, { kind: 'child' }>): void {
    const child = { stage, pipeline, workflow_id: workflowId, run_id: runId };
    this.#out.push({ event: id, index: 1, body: { type: 'child_started', at: isoTime(at), ...child } });
  }

  #undone({ id, at, scheduledId }: Fact & { readonly scheduledId: number }, error?: EventError | null): void {
    const body = this.#undo.end(scheduledId, at, error);
    if (body !== null) this.#out.push({ event: id, index: 1, body });
  }

  #attempt(fact: Extract<Fact, { kind: 'attempt' }>): void {
    this.#undo.attempt(fact);
    const { id, at, scheduledId, attempt, error } = fact;
    const activity = this.#activities.get(scheduledId);
    if (activity === undefined) return;
    activity.attempt = attempt;
    for (const body of this.#told.before(activity.stage, attempt, error, { at, next: null })) {
      this.#out.push({ event: id, index: body.attempt, body });
    }
  }

  #succeeded(fact: Extract<Fact, { kind: 'succeeded' }>): void {
    this.#undone(fact);
    const { id, at, scheduledId } = fact;
    const activity = this.#activities.get(scheduledId);
    this.#activities.delete(scheduledId);
    const stage = this.#open.get(activity?.stage ?? '');
    if (activity === undefined || stage === undefined || stage.isExplicit) return;
    this.#forget(activity.stage);
    this.#out.push({
      event: id,
      index: 1,
      body: {
        type: 'stage_completed',
        at: isoTime(at),
        stage: activity.stage,
        status: 'succeeded',
        attempts: activity.attempt,
        duration_ms: at - stage.startedAt,
        error: null,
        skip_reason: null,
        reused_from: null,
      },
    });
  }

  #closeTask(): void {
    const task = this.#task;
    this.#task = null;
    if (task === null) return;
    const mentioned = new Set(task.entries.map((entry) => ('stage' in entry ? entry.stage : '')));
    const derived = task.scheduled
      .filter((stage) => !mentioned.has(stage) && !this.#open.has(stage))
      .map((stage): JournalEntry => ({ type: 'started', stage }));
    const undos = task.undone.map(
      (stage) => ({ type: 'undo_started', at: isoTime(task.at), stage }) as const,
    );
    const bodies = [...this.#bodiesOf([...task.entries, ...derived], task.at), ...undos];
    for (const [i, body] of bodies.entries()) this.#out.push({ event: task.id, index: i + 1, body });
  }

  /** Stages that start one after the other, with nothing in between, are a wave. */
  #bodiesOf(entries: readonly JournalEntry[], at: number): readonly RunEventBody[] {
    const bodies: RunEventBody[] = [];
    let wave: string[] = [];
    const closeWave = (): void => {
      if (wave.length === 0) return;
      this.#waves += 1;
      bodies.push({ type: 'wave', at: isoTime(at), number: this.#waves, stages: wave });
      for (const stage of wave) bodies.push({ type: 'stage_started', at: isoTime(at), stage });
      wave = [];
    };
    for (const entry of entries) {
      if (entry.type === 'started') {
        if (this.#open.has(entry.stage)) continue;
        this.#open.set(entry.stage, { startedAt: at, isExplicit: entry.explicit === true, failedAttempt: 0 });
        wave.push(entry.stage);
      } else {
        closeWave();
        bodies.push(...this.#bodyOf(entry, at));
      }
    }
    closeWave();
    return bodies;
  }

  #bodyOf(entry: Exclude<JournalEntry, { type: 'started' }>, at: number): readonly RunEventBody[] {
    switch (entry.type) {
      case 'note':
        return [{ type: 'note', at: isoTime(at), text: entry.text }];
      case 'retry': {
        const { stage, attempt, error, next_at: next } = entry;
        return [errorEvent(stage, at, { attempt, error, next, willRetry: true })];
      }
      case 'changed': {
        const { stage, status, waiting_for = null, error, attempts = 1 } = entry;
        const open = this.#openOf(stage, at);
        const changed: RunEventBody = { type: 'stage_changed', at: isoTime(at), stage, status, waiting_for };
        if (error === undefined) return [changed];
        open.failedAttempt = attempts;
        return [errorEvent(stage, at, { attempt: attempts, error, next: null, willRetry: false }), changed];
      }
      case 'ended': {
        const failedAttempt = this.#open.get(entry.stage)?.failedAttempt ?? 0;
        this.#forget(entry.stage);
        return completedFromJournal(entry, at, failedAttempt);
      }
    }
  }

  /** The journal told of it, so the journal will go on to tell. */
  #openOf(stage: string, at: number): OpenStage {
    const open = this.#open.get(stage) ?? { startedAt: at, isExplicit: true, failedAttempt: 0 };
    open.isExplicit = true;
    this.#open.set(stage, open);
    return open;
  }

  #forget(stage: string): void {
    this.#open.delete(stage);
    this.#told.forget(stage);
    this.#progress.delete(stage);
    if (!this.#hasJournal) this.#completed.add(stage);
  }
}
