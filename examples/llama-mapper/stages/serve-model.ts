import { defineStage, z } from 'sluice';
import { put } from '../lib/ask.js';
import { artifact } from '../lib/model-file.js';

/**
 * Hands a version to the model server and makes it known to the router, where it gets no traffic yet. Both take the same
 * thing twice, so this may run twice.
 */
export const serveModel = defineStage({
  name: 'serve-model',
  description: 'Loads a version into the model server and makes it known to the router',
  params: z.strictObject({
    model_server: z.url(),
    router: z.url(),
    service: z.string(),
    version: z.string(),
    artifact,
  }),
  output: z.object({ service: z.string(), version: z.string(), url: z.string(), sha256: z.string() }),
  run: async ({ params, ctx }) => {
    const { model_server, router, service, version } = params;
    const { sha256 } = params.artifact;
    const content = new TextDecoder().decode(await ctx.artifacts.read(params.artifact));
    const url = `${model_server}/models/${service}/${version}`;
    await put(url, { content, sha256 }, ctx.signal);
    ctx.progress(0.5, 'loaded');
    await put(`${router}/routes/${service}/versions/${version}`, { url }, ctx.signal);
    ctx.log.info(`${service} ${version} answers at ${url}`);
    return { service, version, url, sha256 };
  },
});
