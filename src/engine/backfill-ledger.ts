import type { BackfillBook, BackfillCounts, BackfillEndStatus, PartitionStatus } from './backfill.js';
import type { StageError } from './result.js';

const STATUS_OF: Readonly<Record<string, PartitionStatus>> = {
  p: 'pending',
  r: 'running',
  s: 'succeeded',
  f: 'failed',
  t: 'timed_out',
  c: 'cancelled',
  d: 'done_before',
  '-': 'left_out',
};

const LETTER_OF = Object.fromEntries(
  Object.entries(STATUS_OF).map(([letter, status]) => [status, letter]),
) as Readonly<Record<PartitionStatus, string>>;

const MOST_ERRORS = 100;

/** How a partition ended. */
export type PartitionEnd = {
  readonly status: 'succeeded' | 'failed' | 'timed_out' | 'cancelled' | 'done_before';
  readonly error?: StageError;
};

type Run = { readonly startedAt: number; readonly endedAt: number; readonly runId: string };

export type LedgerRules = {
  readonly order: 'oldest' | 'newest';
  readonly maxParallel: number;
  readonly maxFailures: number | null;
};

/** Letters for {@link BackfillLedger}, one for each status. */
export function lettersOf(statuses: readonly PartitionStatus[]): string {
  return statuses.map((status) => LETTER_OF[status]).join('');
}

/** Statuses of all partitions of a book, in order. */
export function statusesOf({ letters }: Pick<BackfillBook, 'letters'>): readonly PartitionStatus[] {
  return [...letters].map((letter) => STATUS_OF[letter] ?? 'left_out');
}

/** Which partitions of a backfill may start, and what became of the others. Knows no clock: whoever asks brings the time. */
export class BackfillLedger {
  readonly #statuses: PartitionStatus[];
  readonly #rules: LedgerRules;
  readonly #runs = new Map<number, Run>();
  readonly #errors = new Map<number, StageError>();
  /** Positions in the order in which their turn comes. */
  readonly #turns: readonly number[];
  #turn = 0;
  #running = 0;
  #failures = 0;

  constructor(book: BackfillBook, rules: LedgerRules) {
    this.#rules = rules;
    this.#statuses = [...statusesOf(book)];
    for (const [index, startedAt, endedAt, runId] of book.runs)
      this.#runs.set(index, { startedAt, endedAt, runId });
    for (const [index, error] of book.errors) this.#errors.set(index, error);
    const turns = this.#statuses.flatMap((status, index) => (status === 'pending' ? [index] : []));
    this.#turns = rules.order === 'newest' ? turns.reverse() : turns;
    this.#failures = this.#statuses.filter((status) => status === 'failed' || status === 'timed_out').length;
  }

  /** The partition whose turn it is, which counts as running from here on; null when none may start now. */
  next(now: number): number | null {
    if (this.hasTooManyFailures || this.#running >= this.#rules.maxParallel) return null;
    const index = this.#turns[this.#turn];
    if (index === undefined) return null;
    this.#turn += 1;
    this.#running += 1;
    this.#statuses[index] = 'running';
    this.#runs.set(index, { startedAt: now, endedAt: 0, runId: '' });
    return index;
  }

  /** Books under which run ID a partition runs, and since when. */
  started(index: number, runId: string, now: number): void {
    this.#runs.set(index, { startedAt: now, endedAt: 0, runId });
  }

  end(index: number, { status, error }: PartitionEnd, now: number): void {
    this.#running -= 1;
    this.#statuses[index] = status;
    const run = this.#runs.get(index);
    if (status === 'done_before' || run === undefined || run.runId === '') this.#runs.delete(index);
    else this.#runs.set(index, { ...run, endedAt: now });
    if (status === 'failed' || status === 'timed_out') this.#failures += 1;
    if (error !== undefined && this.#errors.size < MOST_ERRORS) this.#errors.set(index, error);
  }

  /** Gives up all whose turn has not come. */
  abandon(): void {
    for (const index of this.#turns.slice(this.#turn)) this.#statuses[index] = 'cancelled';
    this.#turn = this.#turns.length;
  }

  get running(): number {
    return this.#running;
  }

  /** True when every partition that was asked for has ended. */
  get isComplete(): boolean {
    return this.#running === 0 && this.#turn === this.#turns.length;
  }

  get hasTooManyFailures(): boolean {
    const { maxFailures } = this.#rules;
    return maxFailures !== null && this.#failures > maxFailures;
  }

  /** How a complete backfill ended, apart from whoever cancelled it. */
  get endStatus(): BackfillEndStatus {
    return this.#statuses.some(
      (status) => status === 'failed' || status === 'timed_out' || status === 'cancelled',
    )
      ? 'failed'
      : 'succeeded';
  }

  counts(): BackfillCounts {
    return countStatuses(this.#statuses);
  }

  /** Share of what was asked for that has ended. */
  fraction(): number {
    const { total, left_out, pending, running } = this.counts();
    const asked = total - left_out;
    return asked === 0 ? 1 : (asked - pending - running) / asked;
  }

  /** Milliseconds until the end if runs go on taking as long as those that ended; null before the first has. */
  etaMs(now: number): number | null {
    const { pending } = this.counts();
    const all = [...this.#runs.values()];
    const ended = all.filter(({ endedAt }) => endedAt > 0);
    if (ended.length === 0) return null;
    const mean = ended.reduce((sum, run) => sum + run.endedAt - run.startedAt, 0) / ended.length;
    const open = all
      .filter(({ endedAt }) => endedAt === 0)
      .reduce((sum, { startedAt }) => sum + Math.max(0, mean - (now - startedAt)), 0);
    return Math.round((pending * mean + open) / this.#rules.maxParallel);
  }

  book(): BackfillBook {
    return {
      letters: lettersOf(this.#statuses),
      runs: [...this.#runs]
        .sort(([a], [b]) => a - b)
        .map(([index, { startedAt, endedAt, runId }]) => [index, startedAt, endedAt, runId] as const),
      errors: [...this.#errors],
    };
  }
}

/** How many partitions stand how. */
function countStatuses(statuses: readonly PartitionStatus[]): BackfillCounts {
  const counts = { ...NONE, total: statuses.length };
  for (const status of statuses) counts[status] += 1;
  return counts;
}

const NONE: Readonly<Record<PartitionStatus, number>> = {
  pending: 0,
  running: 0,
  succeeded: 0,
  failed: 0,
  timed_out: 0,
  cancelled: 0,
  done_before: 0,
  left_out: 0,
};
