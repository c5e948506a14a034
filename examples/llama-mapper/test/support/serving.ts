import type { FastifyInstance } from 'fastify';
import { fastify } from 'fastify';
import { onTestFinished } from 'vitest';

/** Listens on a free port of the loopback until the test ends. Gives the address. */
export async function listening(app: FastifyInstance): Promise<string> {
  onTestFinished(() => app.close());
  return app.listen({ host: '127.0.0.1', port: 0 });
}

/** A version that answers with its name, or whatever else it is told to do. */
export function version(
  name: string,
  answer: () => { readonly status: number; readonly body: object } = () => ({ status: 200, body: { name } }),
): Promise<string> {
  const app = fastify();
  app.post('/answer', (_request, reply) => {
    const { status, body } = answer();
    return reply.code(status).send(body);
  });
  return listening(app).then((url) => `${url}/answer`);
}

export type Answered = { readonly status: number; readonly version: string | null; readonly body: unknown };

export async function send(
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  url: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    version: response.headers.get('x-model-version'),
    body: isJson ? JSON.parse(text) : text,
  };
}
