import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import type { HealthAnswer } from './health/health-answer.js';

export type HealthServerOptions = {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly registry: Registry;
  /** False once the worker failed. */
  readonly isAlive: () => boolean;
  /** True while the worker takes work. */
  readonly isReady: () => boolean;
  /** How pipelines do. Asked for each request, so it must not be dear. */
  readonly pipelines: () => Promise<HealthAnswer>;
};

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves `/healthz`, `/readyz`, `/health/pipelines` and `/metrics`. Throws when the port is taken. */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '/', options).then(({ status, type, body }) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    });
  });
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Answer = { readonly status: number; readonly type: string; readonly body: string };

async function answer(url: string, options: HealthServerOptions): Promise<Answer> {
  const path = url.split('?')[0];
  if (path === '/healthz') return verdict(options.isAlive());
  if (path === '/readyz') return verdict(options.isReady());
  if (path === '/health/pipelines') return ofPipelines(await options.pipelines());
  if (path !== '/metrics') return { status: 404, type: 'text/plain', body: `Not found: ${PATHS}\n` };
  return { status: 200, type: options.registry.contentType, body: await options.registry.metrics() };
}

const PATHS = '/healthz, /readyz, /health/pipelines, /metrics';

function ofPipelines({ isWell, body }: HealthAnswer): Answer {
  return { status: isWell ? 200 : 503, type: 'application/json', body: `${JSON.stringify(body)}\n` };
}

function verdict(isFine: boolean): Answer {
  const body = `${JSON.stringify({ ok: isFine })}\n`;
  return { status: isFine ? 200 : 503, type: 'application/json', body };
}

function listen(server: Server, { host, port }: HealthServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new Error(`The worker's health endpoint cannot listen on ${host}:${port}: ${cause.message}.`, {
          cause,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
}
