import replyFrom from '@fastify/reply-from';
import { fastify, type FastifyInstance } from 'fastify';
import { sendError } from '../send-error.js';
import { addAdmin } from './admin.js';
import { RouteTable } from './route-table.js';
import { TrafficLog } from './traffic-log.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The version that a request of traffic goes to, once it was chosen, and whom to tell of its end. */
    chosen: { readonly version: string; readonly end: () => void } | null;
  }
}

export type RouterOptions = {
  /** Where routes are kept over a restart. @default nowhere */
  readonly stateFile?: string;
  /** How long a version may take before its answer counts as an error. @default 10 s */
  readonly upstreamTimeoutMs?: number;
};

/** The router: traffic on `POST /SERVICE`, shared between versions by weight, and its administration. */
export async function createRouter(options: RouterOptions = {}): Promise<FastifyInstance> {
  const table = await RouteTable.open(options.stateFile ?? null);
  const log = new TrafficLog(table);
  const app = fastify({ routerOptions: { ignoreTrailingSlash: true } });
  app.setErrorHandler(sendError);
  addAdmin(app, table, log);
  await app.register(async (traffic) => addTraffic(traffic, { table, log, options }));
  return app;
}

async function addTraffic(
  app: FastifyInstance,
  { table, log, options }: { table: RouteTable; log: TrafficLog; options: RouterOptions },
): Promise<void> {
  const limit = options.upstreamTimeoutMs ?? 10_000;
  await app.register(replyFrom, {
    disableRequestLogging: true,
    // Versions share a server: a slow one must not take all connections from a good one.
    undici: { connections: 1024, headersTimeout: limit, bodyTimeout: limit },
  });
  // Bodies pass through as they come.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.decorateRequest('chosen', null);
  app.post<{ Params: { service: string } }>('/:service', (request, reply) => {
    const key = request.headers['x-sticky-key'];
    const { service } = request.params;
    const { version, url } = table.pick(service, typeof key === 'string' ? key : undefined);
    request.chosen = { version, end: log.begin(service, version) };
    return reply.header('x-model-version', version).from(url);
  });
  app.addHook<{ Params: { service: string } }>('onResponse', async (request, reply) => {
    if (request.chosen === null) return;
    const { version, end } = request.chosen;
    end();
    log.request(request.params.service, version, { ms: reply.elapsedTime, status: reply.statusCode });
  });
}
