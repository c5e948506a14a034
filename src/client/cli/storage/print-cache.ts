import type { BlobStore } from '../../../storage/blob-store.js';
import { createStore } from '../../../storage/create-store.js';
import { loadConfig } from '../../../worker/config.js';
import {
  type CachedResultItem,
  type CacheFilter,
  hasExpired,
  listCachedResults,
  madeAt,
} from '../../cached-results.js';
import { formatBytes } from '../../render/bytes.js';
import { oneLine } from '../../render/printable.js';
import type { CliContext } from '../context.js';
import { formatTable } from '../output.js';

/** The store of the configuration of the current folder. */
export async function projectStore(cli: CliContext): Promise<BlobStore> {
  return createStore((await loadConfig(cli.cwd)).storage);
}

/** Does what `sluice cache list` promises. */
export async function printCache(cli: CliContext, filter: CacheFilter): Promise<void> {
  const store = await projectStore(cli);
  const items = await listCachedResults(store, filter);
  if (cli.isJson) cli.json({ store: store.location, results: items.map(cachedResultJson) });
  else if (items.length === 0) cli.note(`No cached results in ${store.location}.`);
  else cli.print(cacheTable(cli, items));
}

/** A cached result as `--json` shows it. */
export function cachedResultJson(item: CachedResultItem) {
  const { key, size_bytes, facts } = item;
  return {
    key,
    pipeline: facts?.pipeline ?? null,
    stage: facts?.stage ?? null,
    function: facts?.function ?? null,
    workflow_id: facts?.workflow_id ?? null,
    run_id: facts?.run_id ?? null,
    created_at: new Date(madeAt(item)).toISOString(),
    max_age_ms: facts?.max_age_ms ?? null,
    expired: hasExpired(item, Date.now()),
    size_bytes,
  };
}

/** Cached results for people. */
export function cacheTable(cli: CliContext, items: readonly CachedResultItem[]): string {
  const colours = cli.colours.stdout;
  const rows = items.map((item) => {
    const { key, facts, size_bytes } = item;
    const row = [
      key.slice(0, 12),
      oneLine(facts?.pipeline ?? ''),
      oneLine(facts?.stage ?? '(damaged)'),
      oneLine(facts?.workflow_id ?? ''),
      new Date(madeAt(item)).toISOString().slice(0, 19).replace('T', ' '),
      formatBytes(size_bytes),
    ];
    return hasExpired(item, Date.now()) ? row.map((cell) => colours.dim(cell)) : row;
  });
  const titles = ['Key', 'Pipeline', 'Stage', 'Made by', 'Made (UTC)'].map((title) => ({ title }));
  return formatTable([...titles, { title: 'Size', align: 'right' }], rows, colours);
}
