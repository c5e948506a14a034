import { type CacheFilter, clearCachedResults } from '../../cached-results.js';
import { formatBytes } from '../../render/bytes.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';
import { cachedResultJson, cacheTable, projectStore } from './print-cache.js';

/** Does what `sluice cache clear` promises. Nothing is removed unless it was said what. */
export async function clearCache(
  cli: CliContext,
  filter: CacheFilter,
  { all, dryRun }: { readonly all: boolean; readonly dryRun: boolean },
): Promise<void> {
  if (!all && Object.keys(filter).length === 0) {
    throw new UsageError('Nothing says which cached results to clear.', {
      hint: 'Give a key, --pipeline, --stage or --older-than; --all clears everything.',
    });
  }
  const store = await projectStore(cli);
  const items = await clearCachedResults(store, { ...filter, dryRun });
  if (filter.key !== undefined && items.length === 0) {
    throw new UsageError(`No cached result has a key that begins with "${filter.key}".`, {
      hint: 'See the keys with: sluice cache list',
    });
  }
  const bytes = items.reduce((sum, item) => sum + item.size_bytes, 0);
  if (cli.isJson) {
    cli.json({
      store: store.location,
      dry_run: dryRun,
      removed: items.length,
      size_bytes: bytes,
      results: items.map(cachedResultJson),
    });
    return;
  }
  if (dryRun && items.length > 0) cli.print(cacheTable(cli, items));
  const what = `${items.length} cached ${items.length === 1 ? 'result' : 'results'} (${formatBytes(bytes)})`;
  cli.note(dryRun ? `Would remove ${what}; nothing was changed.` : `Removed ${what}.`);
}
