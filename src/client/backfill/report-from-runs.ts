import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { BackfillBook, BackfillInput, BackfillReport, PartitionStatus } from '../../engine/backfill.js';
import { BackfillLedger, lettersOf, statusesOf } from '../../engine/backfill-ledger.js';
import { unpackWindows } from '../../engine/backfill-windows.js';
import type { RunReference } from '../find-run.js';
import type { RunListItem } from '../run-list.js';

/**
 * How a backfill stands by what Temporal knows of the runs of its partitions: where no worker answers, and where it was
 * cancelled or terminated and left nothing behind. A run of a partition that began after the backfill counts as its own.
 */
export function reportFromRuns(
  input: BackfillInput,
  runs: ReadonlyMap<string, RunListItem>,
  of: RunReference & {
    readonly description: Pick<WorkflowExecutionDescription, 'startTime' | 'closeTime'>;
  },
): BackfillReport {
  const { startTime, closeTime } = of.description;
  const startedAt = Date.parse(input.carried?.started_at ?? startTime.toISOString());
  const isOver = closeTime !== undefined;
  const book = bookOf(input, runs, startedAt, isOver);
  const ledger = new BackfillLedger(book, {
    order: input.order,
    maxParallel: input.max_parallel,
    maxFailures: input.max_failures,
  });
  const { plan, mode } = input.run;
  return {
    backfill_id: of.workflowId,
    run_id: of.runId,
    pipeline: plan.pipeline,
    version: plan.version,
    mode,
    status: isOver ? 'cancelled' : 'running',
    started_at: new Date(startedAt).toISOString(),
    ended_at: closeTime?.toISOString() ?? null,
    counts: ledger.counts(),
    fraction: ledger.fraction(),
    eta_ms: null,
    paused: input.carried?.paused ?? null,
    notes: [
      isOver ? 'told by the runs of its partitions' : 'no worker answers; told by the runs of its partitions',
    ],
    book,
  };
}

function bookOf(
  input: BackfillInput,
  runs: ReadonlyMap<string, RunListItem>,
  startedAt: number,
  isOver: boolean,
): BackfillBook {
  const rows: (readonly [number, number, number, string])[] = [];
  const planned = statusesOf({ letters: input.letters });
  const statuses = unpackWindows(input.windows).map(({ key, index }): PartitionStatus => {
    const status = planned[index] ?? 'left_out';
    const run = runs.get(`${input.id_prefix}${key}`);
    if (status !== 'pending') return status;
    if (run === undefined || Date.parse(run.started_at) < startedAt) return isOver ? 'cancelled' : 'pending';
    rows.push([
      index,
      Date.parse(run.started_at),
      run.ended_at === null ? 0 : Date.parse(run.ended_at),
      run.run_id,
    ]);
    return run.status === 'queued' ? 'running' : run.status;
  });
  return { letters: lettersOf(statuses), runs: rows, errors: [] };
}
