import { formatDuration } from '../../../shared/format-duration.js';
import { loadConfig } from '../../../worker/config.js';
import type { PoolStatus } from '../../pools.js';
import { oneLine } from '../../render/printable.js';
import { duration } from '../../render/wording.js';
import type { CliContext } from '../context.js';
import { CliError, EXIT } from '../errors.js';
import { formatTable } from '../output.js';
import type { ConnectionFlags } from './connection-options.js';
import { withSession } from './session.js';

const COLUMNS = [
  { title: '' },
  { title: 'Run' },
  { title: 'Stage' },
  { title: 'Slots', align: 'right' as const },
  { title: 'Key' },
  { title: 'For', align: 'right' as const },
];

/** Does what `sluice pools` promises. */
export async function printPools(
  cli: CliContext,
  name: string | undefined,
  flags: ConnectionFlags,
): Promise<void> {
  const { catalog } = await loadConfig(cli.cwd);
  const configured = catalog.pools ?? new Map();
  const pools = await withSession(cli, { flags }, ({ client }) =>
    client.pools({ configured, ...(name === undefined ? {} : { name }) }),
  );
  if (name !== undefined && pools.length === 0) throw unknownPool(name, [...configured.keys()]);
  if (cli.isJson) return cli.json({ pools });
  if (pools.length === 0) return cli.note('No pools are configured or in use.');
  for (const [i, pool] of pools.entries()) printPool(cli, pool, { isFirst: i === 0 });
}

function unknownPool(name: string, known: readonly string[]): CliError {
  const hint =
    known.length === 0
      ? 'Pools are named under `pools` of the configuration.'
      : `Pools of this configuration: ${known.join(', ')}.`;
  return new CliError(`No pool "${name}" is configured here or in use.`, {
    code: 'pool_not_found',
    hint,
    exitCode: EXIT.usage,
  });
}

function printPool(cli: CliContext, pool: PoolStatus, { isFirst }: { readonly isFirst: boolean }): void {
  const colours = cli.colours.stdout;
  cli.print(`${isFirst ? '' : '\n'}${colours.bold(oneLine(pool.pool))}  ${headOf(pool)}`);
  if (pool.state === 'unknown') return cli.print(colours.yellow('No worker answers for it.'));
  for (const { key, until, reason } of pool.closed) {
    const which = key === '' ? 'Closed' : `Key "${oneLine(key)}" is closed`;
    const why = reason === 'asked' ? 'a service asked for it' : 'its rate is used up';
    cli.print(colours.yellow(`${which} until ${until}: ${why}.`));
  }
  const rows = [
    ...pool.holders.map((holder) => ['holds', ...cells(holder)]),
    ...pool.waiting.map((waiting) => [`${waiting.position}. waits`, ...cells(waiting)]),
  ];
  if (rows.length > 0) cli.print(formatTable(COLUMNS, rows, colours));
  const more = pool.waiting_count - pool.waiting.length;
  if (more > 0) cli.print(`and ${more} more wait`);
}

function headOf({ slots, rate, taken, waiting_count, state }: PoolStatus): string {
  if (state === 'unknown') return '';
  const parts = [
    ...(slots === null ? [] : [`${taken} of ${slots} slots taken`]),
    ...(rate === null ? [] : [`${rate.limit} starts per ${formatDuration(rate.per_ms)}`]),
    ...(waiting_count === 0 ? [] : [`${waiting_count} waiting`]),
    ...(state === 'idle' ? ['idle'] : []),
  ];
  return parts.join(', ');
}

function cells(entry: PoolStatus['holders'][number]): readonly string[] {
  const { workflow_id, stage, slots, key, since } = entry;
  const ms = Math.max(0, Date.now() - Date.parse(since));
  return [oneLine(workflow_id), oneLine(stage), String(slots), oneLine(key), duration(ms)];
}
