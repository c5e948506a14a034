import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Connection } from '@temporalio/client';
import { expect, onTestFinished, test } from 'vitest';
import { grpcInterceptors } from '../../../src/client/grpc-interceptors.js';

const UNAVAILABLE = '14';

/** A server that can do nothing now, and says so to each call. */
async function busyServer(): Promise<{ address: string; called: Promise<void> }> {
  const server = createServer();
  const called = new Promise<void>((resolve) => {
    server.on('stream', (stream) => {
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': UNAVAILABLE },
        { endStream: true },
      );
      resolve();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, called };
}

test('a call that is to be tried again when its connection is closed fails as cancelled', async () => {
  const { address, called } = await busyServer();
  const connection = Connection.lazy({ address, interceptors: grpcInterceptors() });
  const call = connection.workflowService.getSystemInfo({}).catch((error: unknown) => error);
  await called;
  await connection.close();
  expect(await call).toMatchObject({ code: 1, details: 'Channel has been shut down' });
});
