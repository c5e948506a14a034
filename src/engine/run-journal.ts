import type { StagePlan } from './plan.js';
import type { FinalStatus, SkipReason, StageError } from './result.js';
import type { OpenStatus, StageOutcome, StageRecord } from './stage-record.js';

/**
 * The memo in which a run keeps what happened in its latest workflow task. Each of its values stays in the history, so
 * that readers of the history learn what no activity tells: gates, skips, waits for people.
 */
export const JOURNAL_MEMO = 'journal';

/** What one workflow task did, in order. `at`: milliseconds since the epoch. */
export type JournalPage = { readonly at: number; readonly entries: readonly JournalEntry[] };

/**
 * - `started`: the stage was dispatched. `explicit`: its end is told here too, whatever its activities say.
 * - `changed`: it waits for something else than its work, or runs again.
 * - `retry`: an attempt failed and the run itself starts the next one, at `next_at`.
 * - `ended`: it has its final status.
 * - `note`: something happened to the run itself.
 */
export type JournalEntry =
  | { readonly type: 'started'; readonly stage: string; readonly explicit?: true }
  | {
      readonly type: 'changed';
      readonly stage: string;
      readonly status: OpenStatus;
      readonly waiting_for?: string;
      readonly attempts?: number;
      readonly error?: JournalError;
    }
  | {
      readonly type: 'retry';
      readonly stage: string;
      readonly attempt: number;
      readonly error: JournalError;
      readonly next_at: number;
    }
  | {
      readonly type: 'ended';
      readonly stage: string;
      readonly status: FinalStatus;
      readonly attempts: number;
      readonly duration_ms: number | null;
      readonly error?: JournalError;
      readonly skip_reason?: SkipReason;
      readonly reused_from?: string;
    }
  | { readonly type: 'note'; readonly text: string };

export type JournalError = Pick<StageError, 'type' | 'message'>;

/** Longest message of an error in a journal; the result has the whole of it. */
const MOST_CHARACTERS = 500;

/** Entries that are written at once: a memo must stay small. */
const PAGE_ENTRIES = 200;

/**
 * Collects what a workflow task does to the stages of a run. Successes that an activity in the history tells are left
 * out; a task that only started stages like that needs no page, so that most runs write none.
 */
export class RunJournal {
  #entries: JournalEntry[] = [];
  #isNeeded = false;
  #isOpen = false;

  /** Begins: what was told before, in an earlier history, is not told again. */
  open(): void {
    this.#isOpen = true;
  }

  /** Gives what it was given. */
  started(stages: readonly StagePlan[]): readonly StagePlan[] {
    for (const stage of stages) {
      const isExplicit = !isTold(stage);
      const flag = isExplicit ? { explicit: true as const } : {};
      this.#add({ type: 'started', stage: stage.id, ...flag }, isExplicit);
    }
    return stages;
  }

  /** A stage that has started and not ended has another status; null where it has the same. */
  changed(record: StageRecord | null): void {
    if (record === null) return;
    const { plan, status, outcome, waitingFor } = record;
    const error = errorOf(outcome?.error);
    this.#add(
      {
        type: 'changed',
        stage: plan.id,
        status: status as OpenStatus,
        ...(waitingFor === undefined ? {} : { waiting_for: waitingFor }),
        ...(error === null ? {} : { error, attempts: outcome?.attempts ?? 1 }),
      },
      true,
    );
  }

  /** An attempt failed, and the run starts another one at `nextAt`. */
  retry(stage: StagePlan, { error, attempts = 1 }: StageOutcome, nextAt: number): void {
    const shown = errorOf(error);
    if (shown === null) return;
    this.#add({ type: 'retry', stage: stage.id, attempt: attempts, error: shown, next_at: nextAt }, true);
  }

  ended({ plan, status, startedAt, endedAt, outcome }: StageRecord): void {
    if (status === 'succeeded' && isTold(plan)) return;
    const error = errorOf(outcome?.error);
    this.#add(
      {
        type: 'ended',
        stage: plan.id,
        status: status as FinalStatus,
        attempts: outcome?.attempts ?? 0,
        duration_ms: startedAt === null || endedAt === null ? null : endedAt - startedAt,
        ...(error === null ? {} : { error }),
        ...(outcome?.skip_reason === undefined ? {} : { skip_reason: outcome.skip_reason }),
        ...(outcome?.reused_from === undefined ? {} : { reused_from: outcome.reused_from }),
      },
      true,
    );
  }

  note(text: string): void {
    this.#add({ type: 'note', text: shorten(text) }, true);
  }

  /** True when something happened since the last {@link take}. */
  get isDue(): boolean {
    return this.#entries.length > 0;
  }

  /**
   * True when something of that must be written. Asked at the end of a workflow task: what needs no page then is forgotten,
   * because waking the run for it costs as much as the step of a stage.
   */
  needsPage(): boolean {
    if (!this.#isNeeded) this.#entries = [];
    return this.#isNeeded;
  }

  /** What has to be written of what happened since the last time. */
  take(): ReadonlyArray<readonly JournalEntry[]> {
    const entries = this.#isNeeded ? this.#entries : [];
    this.#entries = [];
    this.#isNeeded = false;
    const pages: JournalEntry[][] = [];
    for (let first = 0; first < entries.length; first += PAGE_ENTRIES) {
      pages.push(entries.slice(first, first + PAGE_ENTRIES));
    }
    return pages;
  }

  #add(entry: JournalEntry, isNeeded: boolean): void {
    if (!this.#isOpen) return;
    this.#entries.push(entry);
    this.#isNeeded ||= isNeeded;
  }
}

/** True for a stage whose activity, of the stage's own ID, starts with it and succeeds with it. */
function isTold({ action, mode, map, cache, pools, hold, fallback }: StagePlan): boolean {
  const isActivity = action.kind === 'uses' || action.kind === 'run' || action.kind === 'http';
  const isBare = map === null && cache === null && hold === null && fallback === null && pools.length === 0;
  return isActivity && isBare && mode === 'activity';
}

function errorOf(error: StageError | undefined): JournalError | null {
  return error === undefined ? null : { type: error.type, message: shorten(error.message) };
}

function shorten(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
}
