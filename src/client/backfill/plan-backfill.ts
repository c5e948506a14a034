import type { Client } from '@temporalio/client';
import type { BackfillInput, PartitionChoice } from '../../engine/backfill.js';
import { packWindows } from '../../engine/backfill-windows.js';
import { createBackfillInput, partitionIdPrefix } from '../../engine/create-backfill-input.js';
import { createRunInput } from '../../engine/create-run-input.js';
import type { Plan } from '../../engine/plan.js';
import type { JsonObject } from '../../shared/json.js';
import type { Partition } from '../../shared/partition.js';
import { ClientError } from '../client-error.js';
import type { RunListItem } from '../run-list.js';
import { judgePartition, type PartitionVerdict } from './judge-partition.js';
import { partitionRuns } from './partition-states.js';
import { cutRange, type PartitionRange } from './partitions.js';

export type BackfillOptions = PartitionRange & {
  readonly inputs?: JsonObject;
  readonly mode?: string | null;
  /** @default missing */
  readonly only?: PartitionChoice;
  /** @default oldest */
  readonly order?: 'oldest' | 'newest';
  /** @default 1 */
  readonly maxParallel?: number;
  /** How many partitions may fail before no more start; null is no limit. @default null */
  readonly maxFailures?: number | null;
};

export type PlannedPartition = Partition &
  PartitionVerdict & {
    readonly workflow_id: string;
    /** Its latest run; null when it never ran. */
    readonly last_run: Pick<RunListItem, 'run_id' | 'status' | 'started_at' | 'ended_at'> | null;
  };

/** What a backfill will do, partition by partition, and all that is needed to start it. */
export type BackfillPlan = {
  readonly pipeline: string;
  readonly version: string;
  readonly mode: string | null;
  readonly timezone: string;
  readonly step: string;
  /** In the order of time. */
  readonly partitions: readonly PlannedPartition[];
  readonly input: BackfillInput;
};

/** Plans a backfill; nothing is started. Throws `invalid_range` and `invalid_inputs`. */
export async function planBackfill(
  client: Client,
  plan: Plan,
  options: BackfillOptions,
): Promise<BackfillPlan> {
  const { inputs = {}, mode = null, only = 'missing', step, timezone } = options;
  const windows = cutRange(options);
  const made = createRunInput(plan, { inputs, mode });
  if ('problems' in made) {
    throw new ClientError(
      'invalid_inputs',
      `Pipeline "${plan.pipeline}" cannot be backfilled: ${made.problems.join('; ')}.`,
      { hint: 'Give inputs with -i NAME=VALUE or --input-file FILE; each partition gets the same.' },
    );
  }
  const prefix = partitionIdPrefix(plan.pipeline, { mode, timezone });
  const runs = await partitionRuns(client, prefix);
  const partitions = windows.map((window, index): PlannedPartition => {
    const workflow_id = `${prefix}${window.key}`;
    const last = runs.get(workflow_id);
    return { ...window, index, workflow_id, ...judgePartition(only, last), last_run: briefly(last) };
  });
  const { order = 'oldest', maxParallel = 1, maxFailures = null } = options;
  const input = createBackfillInput({
    run: made.input,
    windows: packWindows(windows),
    statuses: partitions.map(({ status }) => status),
    only,
    order,
    max_parallel: maxParallel,
    max_failures: maxFailures,
    timezone,
    step,
  });
  const { pipeline, version } = plan;
  return { pipeline, version, mode, timezone, step, partitions, input };
}

function briefly(run: RunListItem | undefined): PlannedPartition['last_run'] {
  if (run === undefined) return null;
  const { run_id, status, started_at, ended_at } = run;
  return { run_id, status, started_at, ended_at };
}
