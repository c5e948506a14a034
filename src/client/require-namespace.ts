import type { Client } from '@temporalio/client';
import { isGrpc, refusal } from './grpc-errors.js';

/** Closes the connection and throws where the namespace is unknown. Not being allowed to look is no reason to give up. */
export async function requireNamespace(temporal: Client): Promise<void> {
  const { namespace } = temporal.options;
  try {
    await temporal.workflowService.describeNamespace({ namespace });
  } catch (error) {
    if (!isGrpc(error, 'NOT_FOUND')) return;
    await temporal.connection.close();
    throw refusal(error, namespace);
  }
}
