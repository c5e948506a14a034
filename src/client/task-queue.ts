import type { Client } from '@temporalio/client';
import { recentPollers } from '../worker/pollers.js';
import { isGrpc } from './grpc-errors.js';

/**
 * True when a worker polls for the workflow tasks of a queue, or did so a moment ago. The time-skipping test server does
 * not know; a test has its worker.
 */
export async function hasWorker(client: Client, taskQueue: string): Promise<boolean> {
  try {
    return (await recentPollers(client, taskQueue)).length > 0;
  } catch (error) {
    if (isGrpc(error, 'UNIMPLEMENTED')) return true;
    throw error;
  }
}
