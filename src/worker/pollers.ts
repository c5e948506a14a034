import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** A poll lasts a minute; a poller not seen for longer is gone although the server still remembers it. */
const POLLER_MAX_AGE_MS = 75_000;

/** The part of a Temporal client that describes task queues. */
export type QueueReader = Pick<Client, 'workflowService' | 'options'>;

/** What is taken from a queue: steps of runs, or stages. */
export type QueueWork = 'runs' | 'stages';

/**
 * Identities of the workers that were seen at a queue lately. The server cannot tell a worker that waits for work from
 * one that ended within the last minute.
 */
export async function recentPollers(
  client: QueueReader,
  taskQueue: string,
  { work = 'runs', now = new Date() }: { readonly work?: QueueWork; readonly now?: Date } = {},
): Promise<readonly string[]> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType:
      work === 'runs' ? TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW : TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
  });
  return pollers
    .filter(({ lastAccessTime }) => {
      const seconds = Number(lastAccessTime?.seconds?.toString() ?? 0);
      return now.getTime() - seconds * 1000 < POLLER_MAX_AGE_MS;
    })
    .map(({ identity }) => identity ?? '');
}
