import { setTimeout as delay } from 'node:timers/promises';
import { fastify, type FastifyInstance } from 'fastify';
import { z } from 'sluice';
import { described } from '../../lib/records.js';
import { sendError } from '../send-error.js';
import { ModelShelf } from './model-shelf.js';

const MAX_MODEL_BYTES = 32 * 1024 * 1024;

const name = z.string().regex(/^[A-Za-z0-9._-]{1,100}$/, 'use letters, digits, ".", "_" and "-"');
const ofModel = z.strictObject({ service: name, version: name });
const modelBody = z
  .strictObject({ content: z.string().optional(), file: z.string().optional(), sha256: z.string() })
  .refine(({ content, file }) => (content === undefined) !== (file === undefined), {
    error: 'give the `content` of the model, or the `file` that it is in',
  });

export type ModelServerOptions = {
  /** Where models are kept over a restart. @default nowhere */
  readonly folder?: string;
  /** Told of models that are damaged, at the start. */
  readonly warn?: (message: string) => void;
};

/** Serves any number of versions side by side, each under an address of its own: `POST /models/SERVICE/VERSION`. */
export async function createModelServer(options: ModelServerOptions = {}): Promise<FastifyInstance> {
  const shelf = await ModelShelf.open(options.folder ?? null, options.warn ?? (() => undefined));
  const app = fastify({ bodyLimit: MAX_MODEL_BYTES });
  app.setErrorHandler(sendError);

  app.get('/health', () => ({ status: 'ok' }));

  app.get('/models', () => ({ models: shelf.list() }));

  app.put('/models/:service/:version', async ({ params, body }) => {
    const { service, version } = ofModel.parse(params);
    const { sha256, content, file } = modelBody.parse(body);
    return shelf.put(
      { service, version, sha256 },
      content === undefined ? { file: file ?? '' } : { content },
    );
  });

  app.delete('/models/:service/:version', async ({ params }) => {
    const { service, version } = ofModel.parse(params);
    return shelf.remove(service, version);
  });

  app.post('/models/:service/:version', async ({ params, body }) => {
    const { service, version } = ofModel.parse(params);
    const { model, rehearsal } = shelf.get(service, version);
    const message = described.parse(body);
    if (rehearsal !== undefined) {
      if (rehearsal.delay_ms > 0) await delay(rehearsal.delay_ms);
      if (Math.random() < rehearsal.failure_share) throw new Error(`Version "${version}" fails on purpose.`);
    }
    return model.answer(message);
  });

  return app;
}
