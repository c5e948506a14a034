import type { BackfillInput, PartitionStatus } from './backfill.js';
import { lettersOf } from './backfill-ledger.js';
import type { PackedWindows } from './backfill-windows.js';
import type { RunInput } from './run-input.js';
import { PARTITION_RUN_PREFIX } from '../shared/partition.js';

export type BackfillRequest = Pick<
  BackfillInput,
  'only' | 'order' | 'max_parallel' | 'max_failures' | 'timezone' | 'step'
> & {
  readonly run: RunInput;
  readonly windows: PackedWindows;
  /** One for each window: `pending`, `done_before` or `left_out`. */
  readonly statuses: readonly PartitionStatus[];
};

/** The argument of a new backfill. */
export function createBackfillInput({ statuses, run, ...request }: BackfillRequest): BackfillInput {
  const { pipeline, concurrency } = run.plan;
  return {
    ...request,
    // Those of one group run one after the other anyway, and would only stand in line.
    max_parallel: concurrency === null ? request.max_parallel : 1,
    run: { ...run, plan: { ...run.plan, concurrency: queueing(concurrency) } },
    letters: lettersOf(statuses),
    id_prefix: partitionIdPrefix(pipeline, { mode: run.mode, timezone: request.timezone }),
  };
}

/**
 * What the workflow IDs of a pipeline's partitions begin with. Windows of the same name are others in another mode or
 * time zone.
 */
export function partitionIdPrefix(
  pipeline: string,
  { mode, timezone }: { readonly mode: string | null; readonly timezone: string },
): string {
  const zone = timezone === 'UTC' ? '' : `${timezone.replaceAll('/', '.')}-`;
  return `${pipeline}/${PARTITION_RUN_PREFIX}${mode === null ? '' : `${mode}-`}${zone}`;
}

/** Partitions of one backfill must neither refuse nor cancel each other. */
function queueing(concurrency: RunInput['plan']['concurrency']): RunInput['plan']['concurrency'] {
  return concurrency === null ? null : { ...concurrency, on_conflict: 'queue' };
}
