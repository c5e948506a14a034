import { Alerts } from '../../alerts/alerts.js';
import type { AlertFlags } from '../commands/alerts.js';
import type { CliContext } from '../context.js';
import { withSession } from '../runs/session.js';
import { whoIs } from '../who.js';

/** Does what `sluice alerts ack` promises. */
export async function acknowledge(cli: CliContext, key: string, flags: AlertFlags): Promise<void> {
  const by = whoIs(cli, flags.as);
  const alert = await withSession(cli, { flags }, async (session) => {
    const alerts = new Alerts(session.client.temporal);
    await session.ensureWorkerOf({ taskQueue: await alerts.taskQueueOf(key) });
    return alerts.acknowledge(key, { by, comment: flags.comment ?? null });
  });
  if (cli.isJson) return cli.json({ alert });
  cli.note(`Acknowledged "${key}" as ${by}.`);
}

/** Does what `sluice alerts close` promises. */
export async function close(cli: CliContext, key: string, flags: AlertFlags): Promise<void> {
  const by = whoIs(cli, flags.as);
  await withSession(cli, { flags }, ({ client }) =>
    new Alerts(client.temporal).close(key, { by, reason: flags.comment ?? null }),
  );
  if (cli.isJson) return cli.json({ key, closed: true, by });
  cli.note(`Closed "${key}" as ${by}.`);
}
