import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** A poll lasts a minute; a poller not seen for longer is gone although the server still remembers it. */
const POLLER_MAX_AGE_MS = 75_000;

/** True when a worker polls for the workflow tasks of a queue, or did so a moment ago. */
export async function hasWorker(client: Client, taskQueue: string): Promise<boolean> {
  return (await recentWorkers(client, taskQueue)).length > 0;
}

/**
 * Identities of the workers that were seen at a queue lately. The server cannot tell a worker that waits for work from
 * one that ended within the last minute.
 */
export async function recentWorkers(
  client: Client,
  taskQueue: string,
  now = new Date(),
): Promise<readonly string[]> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  return pollers
    .filter((poller) => {
      const seconds = Number(poller.lastAccessTime?.seconds?.toString() ?? 0);
      return now.getTime() - seconds * 1000 < POLLER_MAX_AGE_MS;
    })
    .map((poller) => poller.identity ?? '');
}
