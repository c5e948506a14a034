import type { Context } from '@temporalio/activity';
import type { Json } from '../shared/json.js';

/** What the heartbeats of a stage carry: shown by `status` while it runs, and given to the next attempt. */
export type HeartbeatDetails = {
  readonly progress?: number;
  readonly message?: string;
  /** What a stage that streams gave last; shown where it tells no message. */
  readonly partial?: string;
  readonly checkpoint?: Json;
};

export interface Heartbeat {
  /** What an earlier attempt kept with `checkpoint`; undefined when there was none. */
  readonly lastCheckpoint: Json | undefined;
  /** What was kept last, by this attempt or an earlier one. */
  readonly checkpoint: Json | undefined;
  update(details: HeartbeatDetails): void;
  /** Ends the heartbeats; what was not sent yet goes out first, so that a failed attempt hands it over. */
  stop(): void;
}

/** A loop that reports progress for every row must not cost a message for every row. */
const SHORTEST_GAP_MS = 200;

/** A stage learns of its cancellation by the answer to a heartbeat, and nobody likes to wait for that. */
const LONGEST_GAP_MS = 2_000;

/**
 * Heartbeats for as long as a stage runs, whatever the stage does. The checkpoint of the attempt before goes along
 * from the first heartbeat on: the server keeps only the newest details, so a bare heartbeat would erase it. `earlier` is
 * the checkpoint of an attempt that was another activity.
 */
export function startHeartbeat(context: Context, earlier?: Json): Heartbeat {
  const { heartbeatTimeoutMs, heartbeatDetails, isLocal } = context.info;
  const lastCheckpoint = checkpointOf(heartbeatDetails) ?? earlier;
  let details: HeartbeatDetails = lastCheckpoint === undefined ? {} : { checkpoint: lastCheckpoint };
  let sentAt = 0;
  let trailing: NodeJS.Timeout | undefined;

  const send = (): void => {
    clearTimeout(trailing);
    trailing = undefined;
    sentAt = performance.now();
    if (!isLocal) context.heartbeat(details);
  };
  const isWatched = !isLocal && heartbeatTimeoutMs !== undefined && heartbeatTimeoutMs > 0;
  const timer = isWatched
    ? setInterval(send, Math.max(Math.min(heartbeatTimeoutMs / 3, LONGEST_GAP_MS), 10)).unref()
    : undefined;

  return {
    lastCheckpoint,
    get checkpoint() {
      return details.checkpoint;
    },
    update: (changed) => {
      details = { ...details, ...changed };
      const wait = sentAt + SHORTEST_GAP_MS - performance.now();
      if (wait <= 0 || sentAt === 0) send();
      else trailing ??= setTimeout(send, wait).unref();
    },
    stop: () => {
      clearInterval(timer);
      if (trailing !== undefined) send();
    },
  };
}

function checkpointOf(details: unknown): Json | undefined {
  if (typeof details !== 'object' || details === null || !('checkpoint' in details)) return undefined;
  return details.checkpoint as Json;
}
