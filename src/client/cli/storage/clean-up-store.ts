import { type CleanUpReport, cleanUp, SHORTEST_AGE_MS } from '../../cleanup/clean-up.js';
import type { StoreArea } from '../../cleanup/store-areas.js';
import { formatBytes } from '../../render/bytes.js';
import type { CleanupFlags } from '../commands/cleanup.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';
import { formatTable } from '../output.js';
import { withSession } from '../runs/session.js';

const AREA_NAMES: Readonly<Record<StoreArea, string>> = {
  objects: 'payloads and artifacts',
  logs: 'pieces of logs',
  streams: 'pieces of streams',
  budgets: 'pages of budgets',
  cached_results: 'cached results',
  leftovers: 'leftovers of killed processes',
};

/** Does what `sluice cleanup` promises. */
export async function cleanUpStore(cli: CliContext, flags: CleanupFlags): Promise<void> {
  const { olderThan, dryRun = false, ignoreNamespace = [] } = flags;
  if (olderThan !== undefined && olderThan < SHORTEST_AGE_MS) {
    throw new UsageError(
      '--older-than must be at least 1h: younger data may belong to an upload that goes on.',
    );
  }
  await withSession(cli, { flags }, async ({ client, store }) => {
    const report = await cleanUp(client.temporal, store, {
      dryRun,
      ignoredOwners: ignoreNamespace,
      ...(olderThan === undefined ? {} : { olderThanMs: olderThan }),
    });
    if (cli.isJson) cli.json(report);
    else print(cli, report);
  });
}

function print(cli: CliContext, report: CleanUpReport): void {
  const areas = Object.entries(AREA_NAMES) as [StoreArea, string][];
  const rows = areas.map(([area, name]) => {
    const { count, size_bytes } = report.removed[area];
    return [name, String(count), formatBytes(size_bytes)];
  });
  const columns = [
    { title: report.dry_run ? 'Would remove' : 'Removed' },
    { title: 'Count', align: 'right' as const },
    { title: 'Size', align: 'right' as const },
  ];
  cli.print(formatTable(columns, rows, cli.colours.stdout));
  const { kept, too_young, executions, store, damaged } = report;
  cli.note(`Store ${store}, ${executions} executions kept by Temporal.`);
  cli.note(
    `Needed: ${kept.count} (${formatBytes(kept.size_bytes)}). Too young to remove: ${too_young.count}.`,
  );
  if (report.dry_run) cli.note('Nothing was changed.');
  for (const hash of damaged)
    cli.note(cli.colours.stderr.yellow(`The object ${hash} is needed and damaged.`));
}
