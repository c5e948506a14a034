import type { BackfillBook, BackfillInput, PartitionStatus } from './backfill.js';
import { statusesOf } from './backfill-ledger.js';
import { unpackWindows } from './backfill-windows.js';
import type { StageError } from './result.js';
import { isoTime } from './stage-record.js';
import type { Partition } from '../shared/partition.js';

/** One row of the table of a backfill. */
export type PartitionRow = Partition & {
  readonly status: PartitionStatus;
  readonly workflow_id: string;
  /** Null while it has not run in this backfill. */
  readonly run_id: string | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly duration_ms: number | null;
  readonly error: StageError | null;
};

/** The table that a book stands for, in the order of time. */
export function backfillRows(
  input: Pick<BackfillInput, 'windows' | 'id_prefix'>,
  book: BackfillBook,
): readonly PartitionRow[] {
  const statuses = statusesOf(book);
  const runs = new Map(book.runs.map(([index, ...run]) => [index, run]));
  const errors = new Map(book.errors);
  return unpackWindows(input.windows).map((partition) => {
    const { index, key } = partition;
    const [startedAt = 0, endedAt = 0, runId = ''] = runs.get(index) ?? [];
    return {
      ...partition,
      status: statuses[index] ?? 'left_out',
      workflow_id: `${input.id_prefix}${key}`,
      run_id: runId === '' ? null : runId,
      started_at: startedAt === 0 ? null : isoTime(startedAt),
      ended_at: endedAt === 0 ? null : isoTime(endedAt),
      duration_ms: endedAt === 0 ? null : endedAt - startedAt,
      error: errors.get(index) ?? null,
    };
  });
}
