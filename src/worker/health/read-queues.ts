import type { QueueFacts } from '../../engine/health/facts.js';
import { type QueueReader, recentPollers } from '../pollers.js';
import { hasEnded } from './has-ended.js';

/** A queue that somebody should serve. */
export type Queue = Omit<QueueFacts, 'workers'>;

/** Who serves these queues. The server remembers the dead for a while; those of this machine are known to be so. */
export async function readQueues(
  client: QueueReader,
  queues: readonly Queue[],
  now: Date,
): Promise<readonly QueueFacts[]> {
  return Promise.all(
    queues.map(async (queue) => {
      const seen = await recentPollers(client, queue.task_queue, { work: queue.serves, now });
      return { ...queue, workers: seen.filter((identity) => !hasEnded(identity)) };
    }),
  );
}
