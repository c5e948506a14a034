import { isJsonObject, type Json } from '../../shared/json.js';
import type { Heartbeat } from '../heartbeat.js';

/**
 * What one attempt to send a message leaves to the next, by its heartbeats: whether it was interrupted between asking
 * and being answered, and which of several receivers have the message already.
 */
export type Journal = {
  /** An earlier attempt asked a receiver and never heard the answer. */
  readonly wasInterrupted: boolean;
  readonly reached: ReadonlySet<string>;
  /** Called before the receiver is asked. */
  asking(): void;
  /** The receiver has answered, and has not taken the message. */
  notTaken(): void;
  /** One of several receivers has taken it. */
  reach(receiver: string): void;
};

export function openJournal(heartbeat: Heartbeat): Journal {
  const before = pageOf(heartbeat.lastCheckpoint);
  const reached = new Set(before.reached);
  const write = (isAsking: boolean): void =>
    heartbeat.update({ checkpoint: { asking: isAsking, reached: [...reached] } });
  return {
    wasInterrupted: before.asking,
    reached,
    asking: () => write(true),
    notTaken: () => write(false),
    reach: (receiver) => {
      reached.add(receiver);
      write(false);
    },
  };
}

function pageOf(checkpoint: Json | undefined): {
  readonly asking: boolean;
  readonly reached: readonly string[];
} {
  if (checkpoint === undefined || !isJsonObject(checkpoint)) return { asking: false, reached: [] };
  const { asking, reached } = checkpoint;
  const names = Array.isArray(reached) ? reached.filter((name: Json) => typeof name === 'string') : [];
  return { asking: asking === true, reached: names };
}
