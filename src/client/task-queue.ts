import type { Client } from '@temporalio/client';
import { recentPollers } from '../worker/pollers.js';

/** True when a worker polls for the workflow tasks of a queue, or did so a moment ago. */
export async function hasWorker(client: Client, taskQueue: string): Promise<boolean> {
  return (await recentPollers(client, taskQueue)).length > 0;
}
