import type { HealthReport } from '../../../engine/health/report.js';
import { readHealth } from '../../../worker/health/look.js';
import { messageOf, refusal } from '../../grpc-errors.js';
import type { CliContext } from '../context.js';
import { CliError, EXIT } from '../errors.js';
import type { ConnectionFlags } from '../runs/connection-options.js';
import { type Session, withSession } from '../runs/session.js';
import { formatHealth } from './format-health.js';

/** Does what `sluice health` promises. */
export async function printHealth(
  cli: CliContext,
  only: readonly string[],
  flags: ConnectionFlags,
): Promise<void> {
  const report = await withSession(cli, { flags }, (session) => healthOf(cli, session, only));
  if (cli.isJson) cli.json(report);
  else cli.print(formatHealth(report, cli.colours.stdout));
  if (!report.ok) cli.exitWith(EXIT.failed);
}

async function healthOf(cli: CliContext, session: Session, only: readonly string[]): Promise<HealthReport> {
  const { client, config, store } = session;
  const { stages, projectDir } = config;
  const deps = { client: client.temporal, config, store, stages, projectDir, env: cli.env };
  try {
    return await readHealth(deps, only.length === 0 ? {} : { only });
  } catch (error) {
    const refused = refusal(error, client.temporal.options.namespace);
    if (refused !== error) throw refused;
    throw new CliError(`Temporal does not answer: ${messageOf(error)}`, {
      code: 'temporal_unreachable',
      exitCode: EXIT.unreachable,
      hint: 'Check that the server runs; `sluice doctor` says more.',
    });
  }
}
