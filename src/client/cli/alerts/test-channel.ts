import { suggest } from '../../../definition/suggest.js';
import { loadConfig } from '../../../worker/config.js';
import { Alerts } from '../../alerts/alerts.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';
import type { ConnectionFlags } from '../runs/connection-options.js';
import { withSession } from '../runs/session.js';
import { whoIs } from '../who.js';

/** Does what `sluice alerts test` promises. */
export async function testChannel(cli: CliContext, channel: string, flags: ConnectionFlags): Promise<void> {
  const { channels } = await loadConfig(cli.cwd);
  if (!channels.has(channel)) throw unknownChannel(channel, [...channels.keys()]);
  const receipt = await withSession(cli, { flags }, async (session) => {
    const { taskQueue } = session.client;
    await session.ensureWorkerOf({ taskQueue });
    return new Alerts(session.client.temporal).test(channel, { taskQueue, by: whoIs(cli, undefined) });
  });
  if (cli.isJson) return cli.json(receipt);
  cli.note(`The channel "${channel}" took the message: ${receipt.note}`);
}

function unknownChannel(name: string, known: readonly string[]): UsageError {
  const near = suggest(name, known);
  const hint =
    known.length === 0
      ? 'Channels are named under `channels` of the configuration.'
      : `Channels here: ${known.join(', ')}.${near === null ? '' : ` Did you mean "${near}"?`}`;
  return new UsageError(`The configuration has no channel "${name}".`, { code: 'channel_not_found', hint });
}
