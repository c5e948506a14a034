import type { Models } from '../../models/models.js';
import type { CliContext } from '../context.js';
import type { ConnectionFlags } from '../runs/connection-options.js';
import { withSession } from '../runs/session.js';

/** Works with a model that exists, and sees to it that somebody answers for it. Throws `model_not_found`. */
export function withModel<T>(
  cli: CliContext,
  model: string,
  flags: ConnectionFlags,
  work: (models: Models) => Promise<T>,
): Promise<T> {
  return withSession(cli, { flags }, async (session) => {
    await session.ensureWorkerOf({ taskQueue: await session.client.models.taskQueueOf(model) });
    return work(session.client.models);
  });
}
