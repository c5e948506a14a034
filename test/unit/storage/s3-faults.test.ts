import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createS3Store } from '../../../src/storage/s3/s3-store.js';
import type { BlobStore } from '../../../src/storage/blob-store.js';
import { S3_CREDENTIALS } from '../../support/s3-server.js';

let server: Server;
let requests: string[];
let answer: RequestListener;
let store: BlobStore;

beforeEach(async () => {
  Object.assign(process.env, S3_CREDENTIALS);
  requests = [];
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url?.split('?')[0]}`);
    request.resume();
    request.on('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const settings = { bucket: 'bucket', prefix: '', endpoint: `http://127.0.0.1:${port}` };
  store = createS3Store(settings, { maxAttempts: 3, idleTimeoutMs: 200, connectTimeoutMs: 1000 });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const refusal =
  (status: number, code: string): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
  };
const ok: RequestListener = (_request, response) => {
  response.writeHead(200, { etag: '"x"' });
  response.end('hello');
};

/** Gives the answers in turn, the last one for ever. */
const inTurn = (...answers: RequestListener[]): RequestListener => {
  return (request, response) => {
    const next = answers.length > 1 ? answers.shift() : answers[0];
    next?.(request, response);
  };
};

describe('a store in S3 whose server', () => {
  test('is overloaded for a moment is asked again', async () => {
    answer = inTurn(refusal(503, 'SlowDown'), refusal(500, 'InternalError'), ok);
    await store.put('a', Buffer.from('hello'));
    expect(requests).toHaveLength(3);
    answer = inTurn(refusal(500, 'InternalError'), ok);
    expect((await store.get('a')).toString()).toBe('hello');
  });

  test('stays broken gives up, and says after how many tries', async () => {
    answer = refusal(500, 'InternalError');
    await expect(store.put('runs/a', Buffer.from('hello'))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /failed at "runs\/a": .*answered with status 500 \(InternalError\) after 3 tries\./,
      ),
    });
    expect(requests).toHaveLength(3);
  });

  test('refuses access is not asked again, and the error says which rights are needed', async () => {
    answer = refusal(403, 'AccessDenied');
    await expect(store.get('a')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/access was refused \(AccessDenied\).*s3:GetObject.*"bucket"/),
    });
    await expect(store.list('a/')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.put('a', Readable.from([Buffer.from('1')]))).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(requests.length).toBeLessThanOrEqual(4);
  });

  test('does not answer at all is given up in bounded time', async () => {
    answer = () => undefined;
    await expect(store.get('a')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/did not answer in time/),
    });
    expect(requests).toHaveLength(3);
  });

  test('breaks off in the middle of an object is asked for it again', async () => {
    const broken: RequestListener = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('hel', () => response.destroy());
    };
    answer = inTurn(broken, ok);
    expect((await store.get('a')).toString()).toBe('hello');
    answer = broken;
    await expect(store.get('a')).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('cannot be reached is named', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expect(store.has('a')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(new RegExp(`The server at http://127.0.0.1:${port} cannot be reached`)),
    });
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
});
