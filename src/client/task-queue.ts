import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** A poll lasts a minute; a poller not seen for longer is gone although the server still remembers it. */
const POLLER_MAX_AGE_MS = 75_000;

/** True when a worker polls for the workflow tasks of a queue. */
export async function hasWorker(client: Client, taskQueue: string, now = new Date()): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  return pollers.some((poller) => {
    const seconds = Number(poller.lastAccessTime?.seconds?.toString() ?? 0);
    return now.getTime() - seconds * 1000 < POLLER_MAX_AGE_MS;
  });
}
