import { CancellationScope, getExternalWorkflowHandle } from '@temporalio/workflow';
import type { MapProgress } from '../../engine/map-shard.js';
import { mapProgressSignal } from './messages.js';

const FIRST_REPORT_MS = 2_000;
/** A report is never older than this share of the time that the map has taken. */
const STALENESS = 1 / 20;

/**
 * Tells another workflow how a map is doing, ever more seldom: a day of work takes about two hundred reports, because
 * each costs both histories some events. Uses no timer; it is asked whenever something has ended.
 */
export class ProgressReporter {
  readonly #receiver: string | null;
  readonly #startedAt = Date.now();
  #reportedAt = Date.now();

  constructor(receiver: string | null) {
    this.#receiver = receiver;
  }

  offer(report: () => MapProgress): void {
    const now = Date.now();
    const gap = Math.max(FIRST_REPORT_MS, (now - this.#startedAt) * STALENESS);
    if (this.#receiver === null || now - this.#reportedAt < gap) return;
    this.#reportedAt = now;
    const receiver = getExternalWorkflowHandle(this.#receiver);
    // Whoever wanted to know may be gone.
    void CancellationScope.nonCancellable(() => receiver.signal(mapProgressSignal, report())).catch(
      () => undefined,
    );
  }
}

/** Of a part of a map that has just begun. */
export function emptyReport(first: number, stage: string): MapProgress {
  const counts = { succeeded: 0, reused: 0, failed: 0, skipped: 0 };
  return { first, stage, total: null, counts, running: 0, failed_items: [] };
}
