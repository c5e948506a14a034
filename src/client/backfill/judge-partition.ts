import type { PartitionChoice, PartitionStatus } from '../../engine/backfill.js';
import { assertNever } from '../../shared/assert-never.js';
import type { RunListItem } from '../run-list.js';

/** What a backfill does with a partition, and why in words that follow its name. */
export type PartitionVerdict = {
  readonly status: Extract<PartitionStatus, 'pending' | 'done_before' | 'left_out'>;
  readonly reason: string;
};

/** Decides by the latest run of a partition, if there is any. */
export function judgePartition(only: PartitionChoice, last: RunListItem | undefined): PartitionVerdict {
  const words = lastWords(last);
  switch (only) {
    case 'all':
      return { status: 'pending', reason: last === undefined ? words : `asked for; ${words}` };
    case 'missing':
      return last?.status === 'succeeded'
        ? { status: 'done_before', reason: words }
        : { status: 'pending', reason: words };
    case 'failed':
      if (last?.status === 'succeeded') return { status: 'done_before', reason: words };
      return last !== undefined && last.ended_at !== null
        ? { status: 'pending', reason: words }
        : { status: 'left_out', reason: words };
    default:
      return assertNever(only);
  }
}

function lastWords(last: RunListItem | undefined): string {
  if (last === undefined) return 'never ran';
  if (last.ended_at === null) return 'a run of it goes on, whose end is waited for';
  return `${last.status.replaceAll('_', ' ')} at ${last.ended_at.slice(0, 19)}Z`;
}
