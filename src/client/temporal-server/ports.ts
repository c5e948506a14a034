import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerError } from './server-error.js';

export const LOOPBACK = '127.0.0.1';

/** True when nothing listens on the port of the loopback interface. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen({ port, host: LOOPBACK }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}

/** A process that was killed holds its ports until the last of its threads is gone, a moment after its end. */
const PORT_PATIENCE_MS = 3_000;
const PORT_POLL_MS = 50;

/** Waits for a moment until the port of a process that ended is free; false when it stays taken. */
export async function portComesFree(port: number, patienceMs = PORT_PATIENCE_MS): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  while (!(await isPortFree(port))) {
    if (Date.now() >= deadline) return false;
    await sleep(PORT_POLL_MS);
  }
  return true;
}

/** True when something accepts connections on the port. */
export function isPortOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: LOOPBACK });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => {
      end(true);
    });
    socket.once('error', () => {
      end(false);
    });
    socket.setTimeout(1_000, () => {
      end(false);
    });
  });
}

/** Below the ports that systems give to outgoing connections and to servers that ask for any port. */
const LOWEST_PORT = 15_000;
const HIGHEST_PORT = 32_000;

/**
 * Different free ports. Not the system's choice: the server asks the system for ports of its own while it starts, and
 * any outgoing connection may get one before the server listens.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT);
    if (!ports.has(port) && (await isPortFree(port))) ports.add(port);
  }
  return [...ports];
}

/** Throws when a port that the user named is taken. */
export async function requireFreePort(port: number, flag: string): Promise<void> {
  if (await isPortFree(port)) return;
  throw new ServerError(`Port ${port} is in use by another program.`, {
    code: 'port_in_use',
    hint: `End that program or choose another port with ${flag}. If it is a Temporal server you want to use, set TEMPORAL_ADDRESS=${LOOPBACK}:${port} instead.`,
  });
}
