import type { PastRun } from '../../src/client/history/read-runs.js';
import type { RunSummary } from '../../src/engine/run-summary.js';
import { START } from './a-run.js';

/** A run that ended some minutes after {@link START}, as history reads it. */
export function aPastRun(
  minute: number,
  overrides: Partial<Omit<PastRun, 'summary'>> & { readonly summary?: Partial<RunSummary> } = {},
): PastRun {
  const { summary, status = 'succeeded', duration_ms = 10_000, ...rest } = overrides;
  const startedAt = START + minute * 60_000;
  const isOpen = status === 'running' || status === 'queued';
  return {
    workflow_id: `market-data/${minute}`,
    run_id: `run-${minute}`,
    pipeline: 'market-data',
    version: '1.2.0',
    status,
    started_at: new Date(startedAt).toISOString(),
    ended_at: isOpen ? null : new Date(startedAt + (duration_ms ?? 0)).toISOString(),
    duration_ms,
    mode: null,
    scheduled_at: null,
    failed_stages: [],
    summary: isOpen
      ? null
      : { v: 1, status, ms: duration_ms ?? 0, counts: { succeeded: 1 }, stages: {}, ...summary },
    ...rest,
  };
}

/** Runs as they are read: the newest first. */
export function pastRuns(runs: readonly PastRun[]): { runs: readonly PastRun[]; isCut: boolean } {
  return { runs: runs.toReversed(), isCut: false };
}
