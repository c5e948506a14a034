import type { Client } from '@temporalio/client';
import type { RunResult } from '../engine/result.js';
import { listQuery } from './run-list.js';

/** How many runs tell what is usual. */
const RUNS_READ = 10;

/**
 * How long each stage of a pipeline usually takes: the median over its last ten successful runs, in milliseconds by
 * stage ID. Empty for a pipeline that never succeeded, and where the runs cannot be read: it is a guess, never a reason
 * not to start.
 */
export async function expectedDurations(
  client: Client,
  pipeline: string,
): Promise<Readonly<Record<string, number>>> {
  const durations = new Map<string, number[]>();
  try {
    for (const result of await lastResults(client, pipeline)) {
      for (const [id, { status, duration_ms }] of Object.entries(result.stages)) {
        if (status !== 'succeeded' || duration_ms === null) continue;
        durations.set(id, [...(durations.get(id) ?? []), duration_ms]);
      }
    }
  } catch {
    return {};
  }
  return Object.fromEntries([...durations].map(([id, all]) => [id, median(all)]));
}

async function lastResults(client: Client, pipeline: string): Promise<readonly RunResult[]> {
  const query = listQuery({ pipeline, status: 'succeeded' });
  const results: Promise<RunResult>[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query, pageSize: RUNS_READ })) {
    results.push(client.workflow.getHandle(workflowId, runId).result() as Promise<RunResult>);
    if (results.length >= RUNS_READ) break;
  }
  return Promise.all(results);
}

/** The lower one of the two in the middle of an even number. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;
}
