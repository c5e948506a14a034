import { setMaxListeners } from 'node:events';
import type { Client } from '@temporalio/client';

/** Calls a server until a signal aborts. Every call leaves a listener on its signal, so each gets one of its own. */
export function abortable<T>(
  client: Client,
  signal: AbortSignal | undefined,
  call: () => Promise<T>,
): Promise<T> {
  if (signal === undefined) return call();
  const own = AbortSignal.any([signal]);
  setMaxListeners(0, own);
  return client.withAbortSignal(own, call);
}
