import { NativeConnection, TransportError } from '@temporalio/worker';
import type { ConnectionSettings } from './connection.js';

/** Connects a worker. Throws a `TransportError` that names the address when nobody answers there. */
export async function connectWorker({ connectionOptions }: ConnectionSettings): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(connectionOptions);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    // The library wraps the reason in its own notation: Error(…, ConnectError(…, Os { …, message: "refused" })).
    const reason = /message: "([^"]+)"/.exec(error.message)?.[1] ?? error.message;
    throw new TransportError(`${connectionOptions.address} does not answer (${reason})`);
  }
}
