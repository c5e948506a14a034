import type { FastifyInstance } from 'fastify';
import { z } from 'sluice';
import { RouteError, type Route, type RouteTable } from './route-table.js';
import type { TrafficLog } from './traffic-log.js';
import { LONGEST_WINDOW_SECONDS } from './traffic-window.js';

const name = z.string().regex(/^[A-Za-z0-9._-]{1,100}$/, 'use letters, digits, ".", "_" and "-"');
const ofService = z.strictObject({ service: name });
const ofVersion = z.strictObject({ service: name, version: name });
const weightsBody = z.strictObject({ weights: z.record(z.string(), z.number().min(0).max(100)) });
const versionBody = z.strictObject({ url: z.url({ protocol: /^https?$/ }) });
const feedbackBody = z.strictObject({ version: z.string(), correct: z.boolean() });
const kpisQuery = z.strictObject({
  window: z.coerce.number().int().min(1).max(LONGEST_WINDOW_SECONDS).default(60),
});

/** What deployments and people ask of the router; everything is safe to send twice. */
export function addAdmin(app: FastifyInstance, table: RouteTable, log: TrafficLog): void {
  const shown = (service: string, { weights, versions }: Route): object => ({ service, weights, versions });

  app.get('/health', () => ({ status: 'ok' }));

  app.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await log.prometheus()),
  );

  app.get('/routes', () => ({ routes: table.entries().map(([service, route]) => shown(service, route)) }));

  app.get('/routes/:service', ({ params }) => {
    const { service } = ofService.parse(params);
    return shown(service, table.get(service));
  });

  app.put('/routes/:service', async ({ params, body }) => {
    const { service } = ofService.parse(params);
    const { weights } = await table.setWeights(service, weightsBody.parse(body).weights);
    return { service, weights };
  });

  app.put('/routes/:service/versions/:version', async ({ params, body }) => {
    const { service, version } = ofVersion.parse(params);
    return shown(service, await table.addVersion(service, version, versionBody.parse(body).url));
  });

  app.delete('/routes/:service/versions/:version', async ({ params }) => {
    const { service, version } = ofVersion.parse(params);
    return shown(service, await table.removeVersion(service, version));
  });

  app.post('/routes/:service/feedback', ({ params, body }) => {
    const { service } = ofService.parse(params);
    const { version, correct } = feedbackBody.parse(body);
    if (!Object.hasOwn(table.get(service).versions, version)) {
      throw new RouteError(400, `"${service}" has no version "${version}".`);
    }
    log.judged(service, version, correct);
    return { service, version, correct };
  });

  app.get('/kpis/:service', ({ params, query }) => {
    const { service } = ofService.parse(params);
    const { window } = kpisQuery.parse(query);
    const versions = Object.keys(table.get(service).versions);
    return { service, window_seconds: window, versions: log.kpis(service, versions, window) };
  });
}
