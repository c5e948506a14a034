import { oneLine } from '../../render/printable.js';
import { duration, statusColour } from '../../render/wording.js';
import type { CliContext } from '../context.js';
import { formatTable } from '../output.js';
import type { ConnectionFlags } from '../runs/connection-options.js';
import { warnOfNoWorker, withSession } from '../runs/session.js';
import { followBackfill } from './follow-backfill.js';
import { printBackfill } from './print-backfill.js';

/** `sluice status` of a backfill. */
export async function printBackfillStatus(
  cli: CliContext,
  id: string,
  flags: ConnectionFlags,
): Promise<void> {
  await withSession(cli, { flags }, async (session) => {
    const { workflowId, runId } = await session.client.backfills.find(id);
    await session.find(workflowId);
    printBackfill(cli, await session.client.backfills.handle({ workflowId, runId }).status());
  });
}

/** `sluice watch` of a backfill. On a local server without a worker this also does its work. */
export async function watchBackfill(cli: CliContext, id: string, flags: ConnectionFlags): Promise<void> {
  cli.interruption();
  await withSession(cli, { flags }, async (session) => {
    const { workflowId, runId } = await session.client.backfills.find(id);
    const run = await session.find(workflowId);
    const { closeTime, taskQueue } = await run.describe();
    if (closeTime === undefined && !(await session.ensureWorkerOf({ taskQueue })))
      warnOfNoWorker(cli, taskQueue);
    await followBackfill(cli, session.client.backfills.handle({ workflowId, runId }), { endsWithUs: false });
  });
}

/** `sluice list --backfills`. */
export async function printBackfills(
  cli: CliContext,
  flags: ConnectionFlags & { readonly pipeline?: string; readonly limit: number },
): Promise<void> {
  const { pipeline, limit } = flags;
  const filter = { limit, ...(pipeline === undefined ? {} : { pipeline }) };
  const backfills = await withSession(cli, { flags }, ({ client }) => client.backfills.list(filter));
  if (cli.isJson) return cli.json({ backfills });
  if (backfills.length === 0) return cli.note('No backfills.');
  const colours = cli.colours.stdout;
  const rows = backfills.map((item) => [
    oneLine(item.backfill_id),
    statusColour(item.status, colours)(item.status.replaceAll('_', ' ')),
    item.started_at.slice(0, 19).replace('T', ' '),
    item.duration_ms === null ? '' : duration(item.duration_ms),
  ]);
  const columns = [
    { title: 'Backfill' },
    { title: 'Status' },
    { title: 'Started (UTC)' },
    { title: 'Time', align: 'right' as const },
  ];
  cli.print(formatTable(columns, rows, colours));
}
