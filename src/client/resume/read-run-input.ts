import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import type { RunInput } from '../../engine/run-input.js';
import { PIPELINE_WORKFLOW } from '../../shared/names.js';
import { ClientError } from '../client-error.js';
import { isGrpc } from '../grpc-errors.js';
import { decodePayloads } from '../payloads.js';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** One execution of a workflow; a run that went on in a new history has several. */
export type Execution = { readonly workflowId: string; readonly runId: string };

/** What a run was started with: the argument of its latest execution, which knows the most. */
export async function readRunInput(client: Client, execution: Execution): Promise<RunInput> {
  const { type, input } = await readWorkflowInput(client, execution);
  if (type === PIPELINE_WORKFLOW && isRunInput(input)) return input;
  throw new ClientError('run_not_found', `"${execution.workflowId}" is no run of a pipeline.`, {
    hint: 'See the runs that there are: sluice list',
  });
}

/** The type and the first argument of an execution of any workflow. */
export async function readWorkflowInput(
  client: Client,
  execution: Execution,
): Promise<{ readonly type: string; readonly input: unknown }> {
  const [start] = await firstEvents(client, execution);
  const attributes = start?.workflowExecutionStartedEventAttributes;
  const [input] = await decodePayloads(client, attributes?.input?.payloads ?? []);
  return { type: attributes?.workflowType?.name ?? '', input };
}

async function firstEvents(
  client: Client,
  { workflowId, runId }: Execution,
): Promise<readonly HistoryEvent[]> {
  try {
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    });
    return history?.events ?? [];
  } catch (error) {
    if (!isGrpc(error, 'NOT_FOUND')) throw error;
    throw new ClientError('run_not_found', `Temporal no longer keeps the history of "${workflowId}".`, {
      hint: 'The namespace keeps runs for a limited time. Start anew with: sluice run FILE',
      cause: error,
    });
  }
}

function isRunInput(value: unknown): value is RunInput {
  return typeof value === 'object' && value !== null && 'plan' in value && 'inputs' in value;
}
