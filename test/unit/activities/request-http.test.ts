import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { LARGEST_BODY } from '../../../src/activities/http-answer.js';
import { retryAfterMs } from '../../../src/activities/retry-after.js';
import type { StageTask } from '../../../src/shared/task.js';
import { activityRig, aTask } from './attempt-rig.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answer = (status: number, body = '', headers: Record<string, string> = {}): Promise<string> =>
  serve((_request, response) => response.writeHead(status, headers).end(body));

/** Answers with what it was asked. */
const echo = (): Promise<string> =>
  serve((request, response) => {
    void buffer(request).then((body) => {
      const { method, url, headers } = request;
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.setHeader('set-cookie', 'session=1');
      response.end(JSON.stringify({ method, url, headers, body: body.toString() }));
    });
  });

function aRequest(request: object, task: Partial<StageTask> = {}): StageTask {
  const all = { method: 'GET', headers: {}, query: {}, expected_status: [], response: 'auto', ...request };
  return aTask({ params: JSON.parse(JSON.stringify(all)), ...task });
}

const send = (request: object, task: Partial<StageTask> = {}, rig = activityRig()) =>
  rig.run('sluice.http', aRequest(request, task));

describe('the request', () => {
  test('carries its method, headers, query and JSON body', async () => {
    const url = await echo();
    const { output } = await send({
      method: 'post',
      url: `${url}/a?x=1`,
      headers: { 'X-Count': 5, 'X-Gone': null },
      query: { list: ['a', 'b'], n: 2, gone: null },
      body: { rows: [1] },
    });
    expect(output).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: {
        method: 'POST',
        url: '/a?x=1&list=a&list=b&n=2',
        headers: { 'content-type': 'application/json', 'x-count': '5' },
        body: '{"rows":[1]}',
      },
    });
    expect(JSON.stringify(output)).not.toContain('session=1');
  });

  test('sends a text body as it is', async () => {
    const { output } = await send({
      method: 'PUT',
      url: await echo(),
      body: 'a,b',
      headers: { 'Content-Type': 'text/csv' },
    });
    expect(output).toMatchObject({ body: { body: 'a,b', headers: { 'content-type': 'text/csv' } } });
  });

  test('turns credentials in the URL into a header', async () => {
    const url = (await echo()).replace('http://', 'http://me:p%40ss@');
    const { output } = await send({ url });
    expect(output).toMatchObject({ body: { headers: { authorization: `Basic ${btoa('me:p@ss')}` } } });
  });

  test.each(['ftp://host/x', '/relative', 'not a url'])('refuses the URL %s', async (url) => {
    await expect(send({ url })).rejects.toMatchObject({ type: 'ValidationError', nonRetryable: true });
  });
});

describe('the answer', () => {
  test('is text unless it says that it is JSON', async () => {
    expect(await send({ url: await answer(200, '{"a":1}', { 'content-type': 'text/plain' }) })).toMatchObject(
      {
        output: { body: '{"a":1}' },
      },
    );
    const json = await answer(200, '{"a":1}', { 'content-type': 'application/problem+json' });
    expect(await send({ url: json })).toMatchObject({ output: { body: { a: 1 } } });
    expect(await send({ url: json, response: 'text' })).toMatchObject({ output: { body: '{"a":1}' } });
    expect(await send({ url: await answer(200, '[1]'), response: 'json' })).toMatchObject({
      output: { body: [1] },
    });
    expect(await send({ url: await answer(204) })).toMatchObject({ output: { status: 204, body: null } });
  });

  test('that should be JSON and is not fails with its beginning', async () => {
    const url = await answer(200, '<html>busy</html>');
    await expect(send({ url, response: 'json' })).rejects.toMatchObject({
      type: 'HttpError',
      nonRetryable: false,
      message: `GET ${url}/ was answered with status 200 and a body that is not JSON. It begins: <html>busy</html>`,
    });
  });

  test('may have another status when that is expected, and then only that', async () => {
    expect(await send({ url: await answer(404, 'no'), expected_status: [404] })).toMatchObject({
      output: { status: 404 },
    });
    await expect(send({ url: await answer(200), expected_status: [201] })).rejects.toMatchObject({
      nonRetryable: true,
    });
  });

  test('that is too large fails for good', async () => {
    const url = await serve((_request, response) => {
      const chunk = Buffer.alloc(1024 * 1024);
      for (let sent = 0; sent <= LARGEST_BODY; sent += chunk.length) response.write(chunk);
      response.end();
    });
    await expect(send({ url })).rejects.toMatchObject({
      type: 'HttpError',
      nonRetryable: true,
      message: expect.stringContaining('larger than the limit of 32 MiB'),
    });
  });
});

describe('an unexpected status', () => {
  test.each([400, 401, 404, 409, 422])('%i is not tried again', async (status) => {
    const url = await answer(status, 'because');
    await expect(send({ url: `${url}/x?token=secret` })).rejects.toMatchObject({
      type: 'HttpError',
      nonRetryable: true,
      message: `GET ${url}/x was answered with status ${status}. The answer begins: because`,
    });
  });

  test.each([408, 429, 500, 502, 503])('%i is tried again', async (status) => {
    const error: unknown = await send({ url: await answer(status) }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ type: 'HttpError', nonRetryable: false });
  });

  test('is tried again when the server says so', async () => {
    const url = await answer(429, '', { 'retry-after': '7' });
    await expect(send({ url })).rejects.toMatchObject({ nonRetryable: false, nextRetryDelay: 7_000 });
  });

  test.each([
    ['7', 7_000],
    ['0', 0],
    ['Thu, 01 Jan 1970 00:01:30 GMT', 60_000],
    ['Thu, 01 Jan 1970 00:00:10 GMT', 0],
    ['999999999', 86_400_000],
    ['soon', undefined],
    [undefined, undefined],
  ])('with Retry-After %s waits %s ms', (header, wait) => {
    expect(retryAfterMs(header, 30_000)).toBe(wait);
  });

  test('hides secrets that the answer repeats', async () => {
    const url = await serve((request, response) =>
      response.writeHead(400).end(`bad ${request.headers['authorization']}`),
    );
    const rig = activityRig({ deps: { env: { KEY: 'key-12345' } } });
    const task = {
      secrets: ['KEY'],
      secret_slots: [{ at: '/headers/authorization', parts: ['Bearer ', { secret: 'KEY' }] }],
    };
    await expect(send({ url, headers: { authorization: '***' } }, task, rig)).rejects.toMatchObject({
      message: expect.stringContaining('The answer begins: bad Bearer ***'),
    });
  });
});

describe('a broken connection', () => {
  test('is tried again, and named without credentials', async () => {
    const url = await serve((request) => request.socket.destroy());
    await expect(send({ url: url.replace('http://', 'http://me:pass@') })).rejects.toMatchObject({
      type: 'HttpConnectionError',
      nonRetryable: false,
      message: expect.stringMatching(new RegExp(`^GET ${url}/ got no answer: `)),
    });
  });

  test('in the middle of a body is tried again', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => request.socket.destroy());
    });
    await expect(send({ url })).rejects.toMatchObject({ type: 'HttpConnectionError', nonRetryable: false });
  });

  test('to a port where nobody listens is tried again', async () => {
    const url = await answer(200);
    servers.splice(0).forEach((server) => server.close());
    await expect(send({ url })).rejects.toMatchObject({
      type: 'HttpConnectionError',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('by a cancelled stage is a cancellation', async () => {
    const rig = activityRig();
    const url = await serve(() => rig.environment.cancel('CANCELLED'));
    await expect(send({ url }, {}, rig)).rejects.toMatchObject({ name: 'CancelledFailure' });
  });

  test('by the limit of the attempt is a timeout', async () => {
    const url = await serve(() => undefined);
    const rig = activityRig({ info: { startToCloseTimeoutMs: 50 } });
    await expect(send({ url }, {}, rig)).rejects.toMatchObject({ type: 'TimeoutError' });
  });
});

describe('redirects', () => {
  test('are followed for GET, and headers stay with the host they were meant for', async () => {
    const other = await echo();
    const same = await serve((request, response) => {
      if (request.url === '/away') return response.writeHead(302, { location: `${other}/there` }).end();
      if (request.url === '/here') return response.writeHead(307, { location: '/end' }).end();
      return response.end(String(request.headers['x-key']));
    });
    expect(await send({ url: `${same}/here`, headers: { 'x-key': 'k' } })).toMatchObject({
      output: { body: 'k' },
    });
    const { output } = await send({ url: `${same}/away`, headers: { 'x-key': 'k', authorization: 'a' } });
    expect(output).toMatchObject({ body: { url: '/there' } });
    expect(output).not.toMatchObject({ body: { headers: { 'x-key': 'k' } } });
    expect(output).not.toMatchObject({ body: { headers: { authorization: 'a' } } });
  });

  test('are not followed for other methods, nor for ever', async () => {
    const url = await serve((_request, response) => response.writeHead(302, { location: '/again' }).end());
    await expect(send({ url, method: 'POST' })).rejects.toMatchObject({
      message: expect.stringContaining('status 302'),
    });
    await expect(send({ url })).rejects.toMatchObject({ message: expect.stringContaining('status 302') });
  });
});
