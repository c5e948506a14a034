import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { RunResult, RunStatus } from '../../engine/result.js';
import { abortable } from '../abortable.js';
import { isGrpc } from '../grpc-errors.js';
import { byStage, type LiveAttempt, readLiveAttempts } from '../live-attempt.js';
import type { RunHandle } from '../run-handle.js';
import type { Fact } from './fact.js';
import { readFacts } from './read-facts.js';

/** Where the events of a run are read from. */
export interface EventSource {
  /** The first execution of the run. */
  readonly runId: string;
  /** A page of the history of an execution. Null when Temporal does not know the execution. */
  page(wanted: WantedPage): Promise<FactPage | null>;
  /** The open attempts of stages, by stage. */
  attempts(signal: AbortSignal): Promise<ReadonlyMap<string, LiveAttempt>>;
  /** How the run is at the moment; null where nobody can tell now. */
  status(signal: AbortSignal): Promise<RunStatus | null>;
  result(signal: AbortSignal): Promise<RunResult>;
}

export type WantedPage = {
  readonly runId: string;
  readonly token: Uint8Array | null;
  /** Waits for events that have not happened yet. */
  readonly waits: boolean;
  readonly signal: AbortSignal;
};

/** `next` is null after the last page there is; while it waits for more there always is one. */
export type FactPage = { readonly facts: readonly Fact[]; readonly next: Uint8Array | null };

/** The events of a run as its Temporal history and its open activities tell them. */
export function eventSource(client: Client, run: RunHandle): EventSource {
  const { workflowId } = run;
  return {
    runId: run.runId,
    page: async ({ runId, token, waits, signal }) => {
      const request = {
        namespace: client.options.namespace,
        execution: { workflowId, runId },
        waitNewEvent: waits,
        skipArchival: true,
        ...(token === null ? {} : { nextPageToken: token }),
      };
      try {
        const answer = await abortable(client, signal, () =>
          client.workflowService.getWorkflowExecutionHistory(request),
        );
        const next = answer.nextPageToken;
        return {
          facts: await readFacts(client, workflowId, answer.history?.events ?? []),
          next: next !== null && next !== undefined && next.length > 0 ? next : null,
        };
      } catch (error) {
        if (error instanceof WorkflowNotFoundError || isGrpc(error, 'NOT_FOUND', 'INVALID_ARGUMENT'))
          return null;
        throw error;
      }
    },
    attempts: async (signal) => {
      const { raw } = await abortable(client, signal, () => run.describe());
      return byStage(await readLiveAttempts(client, raw.pendingActivities ?? []));
    },
    status: (signal) => abortable(client, signal, () => run.status()).catch(() => null),
    result: (signal) => run.result({ signal, outputs: false }),
  };
}
