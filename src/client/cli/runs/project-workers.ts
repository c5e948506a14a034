import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import { parseWorkerIdentity, projectTag } from '../../../worker/identity.js';
import { recentPollers } from '../../../worker/pollers.js';
import { isRunning } from '../../temporal-server/processes.js';

/** Which workers poll a task queue, seen from a project. */
export type ProjectWorkers = {
  /** One that does not end with some other command, and is not known to be another project's. */
  readonly hasLasting: boolean;
  /** One of another project: it would take stages that it does not know. */
  readonly hasForeign: boolean;
};

/**
 * Looks at the workers of a queue. Those of this machine are looked for by their process, since the server remembers
 * the dead for a while.
 */
export async function projectWorkers(
  client: Client,
  taskQueue: string,
  projectDir: string,
): Promise<ProjectWorkers> {
  const identities = await recentPollers(client, taskQueue);
  const parsed = identities.map(parseWorkerIdentity);
  const living = await Promise.all(
    parsed.map(async ({ pid, host }) => pid === null || host !== hostname() || isRunning(pid)),
  );
  const workers = parsed.filter((_, index) => living[index] === true);
  const own = projectTag(projectDir);
  const isForeign = (project: string | null): boolean => project !== null && project !== own;
  return {
    hasLasting: workers.some(({ project, isPassing }) => !isPassing && !isForeign(project)),
    hasForeign: workers.some(({ project }) => isForeign(project)),
  };
}

/** True when any worker polls a queue that does not end with some other command, whatever its project. */
export async function hasLastingWorker(client: Client, taskQueue: string): Promise<boolean> {
  const identities = await recentPollers(client, taskQueue);
  return identities.some((identity) => !parseWorkerIdentity(identity).isPassing);
}
