import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { isGrpc } from '../grpc-errors.js';
import { hashesIn } from './scan-hashes.js';

const {
  history: historyProto,
  workflow: workflowProto,
  workflowservice,
} = {
  history: proto.temporal.api.history.v1,
  workflow: proto.temporal.api.workflow.v1,
  workflowservice: proto.temporal.api.workflowservice.v1,
};

/** What the runs of a namespace refer to, and since when one of them may be writing. */
export type References = {
  /** Executions that the namespace keeps, running ones included. */
  readonly executions: number;
  readonly runIds: ReadonlySet<string>;
  readonly hashes: ReadonlySet<string>;
  /** What an open attempt wrote after this moment may not be written down anywhere yet; null when none is open. */
  readonly openSince: number | null;
};

/** Histories read at a time. */
const AT_ONCE = 4;

/**
 * Reads every execution that the namespace keeps: its history, what its open attempts last said, and the schedules.
 * Throws when anything cannot be read, since what is not seen would be taken for unused.
 */
export async function findReferences(
  client: Client,
  onProgress: (executions: number) => void = () => undefined,
): Promise<References> {
  const found = { executions: 0, runIds: new Set<string>(), hashes: new Set<string>(), openSince: Infinity };
  await Promise.all([readExecutions(client, found, onProgress), readSchedules(client, found)]);
  return { ...found, openSince: Number.isFinite(found.openSince) ? found.openSince : null };
}

type Found = {
  executions: number;
  readonly runIds: Set<string>;
  readonly hashes: Set<string>;
  openSince: number;
};

type Execution = { readonly workflowId: string; readonly runId: string };

async function readExecutions(
  client: Client,
  found: Found,
  onProgress: (executions: number) => void,
): Promise<void> {
  let batch: Execution[] = [];
  const flush = async (): Promise<void> => {
    await Promise.all(batch.map((execution) => readExecution(client, execution, found)));
    batch = [];
    onProgress(found.executions);
  };
  for await (const { workflowId, runId } of client.workflow.list({ pageSize: 500 })) {
    batch.push({ workflowId, runId });
    if (batch.length === AT_ONCE) await flush();
  }
  await flush();
}

async function readExecution(client: Client, execution: Execution, found: Found): Promise<void> {
  try {
    found.runIds.add(execution.runId);
    await readPending(client, execution, found);
    await readHistory(client, execution, found);
    found.executions += 1;
  } catch (error) {
    // Retention may end while we read: then nothing of it is kept any more.
    if (!isGrpc(error, 'NOT_FOUND')) throw error;
    found.runIds.delete(execution.runId);
  }
}

async function readHistory(client: Client, execution: Execution, found: Found): Promise<void> {
  const { namespace } = client.options;
  let nextPageToken: Uint8Array | null | undefined;
  do {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution,
      ...(nextPageToken === undefined || nextPageToken === null ? {} : { nextPageToken }),
    });
    const { history } = page;
    if (history !== null && history !== undefined) {
      mark(found, historyProto.History.encode(history).finish());
      const first = history.events?.[0]?.workflowExecutionStartedEventAttributes?.firstExecutionRunId;
      // Logs are kept under the first of a chain of executions.
      if (first !== null && first !== undefined && first !== '') found.runIds.add(first);
    }
    nextPageToken = page.nextPageToken;
  } while (nextPageToken !== null && nextPageToken !== undefined && nextPageToken.length > 0);
}

async function readPending(client: Client, execution: Execution, found: Found): Promise<void> {
  const { namespace } = client.options;
  const { pendingActivities } = await client.workflowService.describeWorkflowExecution({
    namespace,
    execution,
  });
  for (const activity of pendingActivities ?? []) {
    mark(found, workflowProto.PendingActivityInfo.encode(activity).finish());
    const since = activity.lastStartedTime ?? activity.scheduledTime;
    found.openSince = Math.min(found.openSince, since === null || since === undefined ? 0 : millis(since));
  }
}

async function readSchedules(client: Client, found: Found): Promise<void> {
  const { namespace } = client.options;
  try {
    for await (const { scheduleId } of client.schedule.list()) {
      const description = await client.workflowService.describeSchedule({ namespace, scheduleId });
      mark(found, workflowservice.DescribeScheduleResponse.encode(description).finish());
    }
  } catch (error) {
    // A server without schedules has none that refer to anything.
    if (!isGrpc(error, 'UNIMPLEMENTED', 'NOT_FOUND')) throw error;
  }
}

function mark(found: Found, bytes: Uint8Array): void {
  for (const hash of hashesIn(bytes)) found.hashes.add(hash);
}

function millis(time: { readonly seconds?: unknown; readonly nanos?: number | null }): number {
  return Number(time.seconds ?? 0) * 1000 + (time.nanos ?? 0) / 1e6;
}
