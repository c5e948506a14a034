import { Client, WorkflowFailedError } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import type { FindOutput } from '../activities/last-success.js';
import type { RunResult, StageResult } from '../engine/result.js';
import { PIPELINE_WORKFLOW, SEARCH_ATTRIBUTE } from '../shared/names.js';
import type { BlobStore } from '../storage/blob-store.js';
import { readOutput } from '../storage/large-outputs.js';
import { resultInFailure } from './result-in-failure.js';

/** Each look at a run reads its whole result, so the search ends after this many runs. */
const MOST_RUNS = 100;

/** Looks outputs of earlier runs up where the worker's own Temporal keeps them, newest run first. */
export function createFindOutput(
  connection: NativeConnection,
  namespace: string,
  { dataConverter, store }: { readonly dataConverter: DataConverter; readonly store: BlobStore },
): FindOutput {
  const client = new Client({ connection, namespace, dataConverter });
  return async ({ pipeline, stage, maxAgeMs }) => {
    const oldest = maxAgeMs === null ? null : Date.now() - maxAgeMs;
    let looked = 0;
    for await (const run of client.workflow.list({ query: queryOf(pipeline, oldest), pageSize: 20 })) {
      looked += 1;
      if (looked > MOST_RUNS) return null;
      const result = await resultOf(client, run);
      const found = result?.stages[stage];
      if (found !== undefined && isOwnSuccess(found, oldest)) {
        const { output, output_ref } = found;
        const from = { workflow_id: run.workflowId, run_id: run.runId };
        if (output_ref === undefined) return { output, ...from };
        return { output: await readOutput(store, output_ref), output_ref, ...from };
      }
    }
    return null;
  };
}

function queryOf(pipeline: string, oldest: number | null): string {
  const conditions = [
    `WorkflowType = '${PIPELINE_WORKFLOW}'`,
    `${SEARCH_ATTRIBUTE.pipeline} = '${pipeline.replaceAll("'", "''")}'`,
    `ExecutionStatus IN ('Completed', 'Failed')`,
  ];
  // A stage ends before its run does.
  if (oldest !== null) conditions.push(`CloseTime > '${new Date(oldest).toISOString()}'`);
  return conditions.join(' AND ');
}

async function resultOf(
  client: Client,
  run: { readonly workflowId: string; readonly runId: string },
): Promise<RunResult | null> {
  try {
    return (await client.workflow.getHandle(run.workflowId, run.runId).result()) as RunResult;
  } catch (error) {
    if (error instanceof WorkflowFailedError) return resultInFailure(error);
    throw error;
  }
}

/** What came from a fallback itself is not taken again: it would grow older without anybody noticing. */
function isOwnSuccess(stage: StageResult, oldest: number | null): boolean {
  if (stage.fallback !== undefined || stage.ended_at === null) return false;
  if (stage.status !== 'succeeded' && stage.status !== 'reused') return false;
  return oldest === null || Date.parse(stage.ended_at) >= oldest;
}
