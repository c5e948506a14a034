import type { FinalStatus } from '../../engine/result.js';
import type { RunSummary, StageSummary } from '../../engine/run-summary.js';
import type { PastRun } from './read-runs.js';
import { type Volume, volumeOf } from './volume.js';

/** A past run as `history` shows it: what it left behind, spelled out. */
export type HistoryItem = Omit<PastRun, 'summary'> &
  Volume & {
    readonly partial: boolean;
    /** Null while it goes on, and where nothing is known. */
    readonly queue_ms: number | null;
    readonly retries: number | null;
    readonly error: NonNullable<RunSummary['error']> | null;
    /** How many stages ended how. */
    readonly counts: Readonly<Partial<Record<FinalStatus, number>>>;
    readonly metrics: Readonly<Record<string, number>>;
    readonly stages: Readonly<Record<string, StageSummary>>;
  };

const NOTHING: Volume = { records: null, cost: null, tokens: null };

/** Spells a past run out. */
export function historyItem({ summary, ...run }: PastRun): HistoryItem {
  return {
    ...run,
    partial: summary?.partial === true,
    queue_ms: summary === null ? null : (summary.queue_ms ?? 0),
    retries: summary === null ? null : (summary.retries ?? 0),
    ...(summary === null ? NOTHING : volumeOf(summary)),
    error: summary?.error ?? null,
    counts: summary?.counts ?? {},
    metrics: summary?.metrics ?? {},
    stages: summary?.stages ?? {},
  };
}
