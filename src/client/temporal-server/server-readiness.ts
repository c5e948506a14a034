import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msNumberToTs } from '@temporalio/common/lib/time.js';
import { isGrpc } from '../grpc-errors.js';
import { ensureSearchAttributes } from '../search-attributes.js';

export type ReadinessOptions = {
  readonly namespace: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
};

const POLL_MS = 25;
/** A development server forgets runs after a day by default; histories and reports look further back. */
const RETENTION_MS = 30 * 86_400_000;

/**
 * Waits until a local server serves the namespace, and gives the namespace what runs need: search attributes, also on
 * data written before an attribute existed, and a retention that reports can look back on.
 */
export async function prepareServer(address: string, options: ReadinessOptions): Promise<void> {
  const { namespace, deadline, signal } = options;
  const connection = Connection.lazy({ address, connectTimeout: Math.max(1, deadline - Date.now()) });
  try {
    await connection.withAbortSignal(signal, () =>
      connection.withDeadline(deadline, async () => {
        await connection.ensureConnected();
        await waitForNamespace(connection, namespace);
        await ensureSearchAttributes(connection, namespace);
        await keepRunsLonger(connection, namespace);
      }),
    );
  } finally {
    await connection.close();
  }
}

/** True when the server answers. */
export async function isHealthy(address: string, withinMs: number): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: withinMs });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

/** Adds the namespace to a server that was started for others and may lack it. */
export async function addNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.describeNamespace({ namespace }).catch(async (error: unknown) => {
      if (!isGrpc(error, 'NOT_FOUND')) throw error;
      const workflowExecutionRetentionPeriod = msNumberToTs(RETENTION_MS);
      await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
    });
    await ensureSearchAttributes(connection, namespace);
  } finally {
    await connection.close();
  }
}

/** The server opens its port before it has created its namespaces. The deadline of the calls ends the waiting. */
async function waitForNamespace(connection: Connection, namespace: string): Promise<void> {
  for (;;) {
    try {
      await connection.workflowService.describeNamespace({ namespace });
      return;
    } catch (error) {
      if (!isGrpc(error, 'NOT_FOUND', 'UNAVAILABLE')) throw error;
      await sleep(POLL_MS);
    }
  }
}

async function keepRunsLonger(connection: Connection, namespace: string): Promise<void> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  if (Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1000 >= RETENTION_MS) return;
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msNumberToTs(RETENTION_MS) },
  });
}
