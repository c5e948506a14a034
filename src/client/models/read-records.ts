import type { ModelEvent } from '../../engine/models/model-event.js';
import type { ModelRecords } from '../../engine/models/model-state.js';
import type { ModelVersion, ModelVersionView } from '../../engine/models/model-version.js';
import type { BlobStore } from '../../storage/blob-store.js';
import { readModelPage } from '../../storage/model-pages.js';

/** The latest versions, newest first. Pages are read only as far as they are needed. */
export async function readVersions(
  store: BlobStore,
  records: ModelRecords,
  limit: number,
): Promise<readonly ModelVersionView[]> {
  const found: ModelVersion[] = records.versions.toReversed().slice(0, limit);
  for (const page of records.pages.toReversed()) {
    if (found.length >= limit) break;
    if (page.versions === 0) continue;
    const { versions } = await readModelPage(store, page);
    found.push(...versions.toReversed().slice(0, limit - found.length));
  }
  const failed = new Map(records.failed);
  return found.map((version) => standing(version, records, failed));
}

function standing(
  record: ModelVersion,
  { aliases }: ModelRecords,
  failed: ReadonlyMap<string, string>,
): ModelVersionView {
  const reason = failed.get(record.version) ?? null;
  return {
    ...record,
    status: reason === null ? 'ready' : 'failed',
    status_reason: reason,
    aliases: aliases.filter(({ version }) => version === record.version).map(({ alias }) => alias),
  };
}

/** All that happened, newest first. Pages are read only as far as whoever asks goes on asking. */
export async function* readEvents(store: BlobStore, records: ModelRecords): AsyncGenerator<ModelEvent> {
  yield* records.events.toReversed();
  for (const page of records.pages.toReversed()) {
    if (page.events > 0) yield* (await readModelPage(store, page)).events.toReversed();
  }
}
