import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import { recentWorkers } from '../../task-queue.js';
import { isRunning } from '../../temporal-server/processes.js';

const OWN = 'sluice-run:';

/** The identity of a worker that ends with the command that started it. */
export function passingIdentity(): string {
  return `${OWN}${process.pid}@${hostname()}`;
}

/**
 * True when a worker polls a queue that does not end with some other command. Workers of this machine, whose identity
 * begins with their process ID, are looked for, since the server remembers the dead for a while.
 */
export async function hasLastingWorker(client: Client, taskQueue: string): Promise<boolean> {
  const identities = await recentWorkers(client, taskQueue);
  const lasting = await Promise.all(identities.map(isLasting));
  return lasting.includes(true);
}

async function isLasting(identity: string): Promise<boolean> {
  if (identity.startsWith(OWN)) return false;
  const [, pid = '', host = ''] = /^(\d+)@(.*)$/.exec(identity) ?? [];
  return host !== hostname() || (await isRunning(Number(pid)));
}
