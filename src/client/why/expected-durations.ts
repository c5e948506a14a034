import type { Client } from '@temporalio/client';
import type { RunResult } from '../../engine/result.js';
import { listRuns } from '../run-list.js';

/** How many of the latest successful runs are looked at. */
const RUNS = 10;

export type Expectation = {
  /** The median time of each stage, in milliseconds by stage ID. */
  readonly stages: Readonly<Record<string, number>>;
  /** How many earlier runs it is made of. */
  readonly runs: number;
};

/** How long the stages of a pipeline took in its latest successful runs. */
export async function expectedDurations(client: Client, pipeline: string): Promise<Expectation> {
  const earlier = await listRuns(client, { pipeline, status: 'succeeded', limit: RUNS });
  const results = await Promise.all(
    earlier.map(({ workflow_id, run_id }) =>
      client.workflow
        .getHandle(workflow_id, run_id)
        .result()
        // One whose result cannot be read any more says nothing.
        .catch(() => null),
    ),
  );
  const runs = results.filter(isResult);
  const times = new Map<string, number[]>();
  for (const { stages } of runs) {
    for (const [id, { status, duration_ms }] of Object.entries(stages)) {
      if (status !== 'succeeded' || duration_ms === null) continue;
      times.set(id, [...(times.get(id) ?? []), duration_ms]);
    }
  }
  const stages = Object.fromEntries([...times].map(([id, list]) => [id, median(list)]));
  return { stages, runs: runs.length };
}

function isResult(value: unknown): value is RunResult {
  return typeof value === 'object' && value !== null && 'stages' in value && 'total_duration_ms' in value;
}

function median(list: readonly number[]): number {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
