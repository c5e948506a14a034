import type { BlobStore } from '../../storage/blob-store.js';
import { objectKey } from '../../storage/objects.js';
import type { EarlierRun } from './verdict.js';

/** Stages whose artifacts are no longer in the store, each with the reason. Empty where no store is known. */
export async function findLost(
  run: Pick<EarlierRun, 'stages'>,
  store: BlobStore | undefined,
): Promise<ReadonlyMap<string, string>> {
  const lost = new Map<string, string>();
  if (store === undefined) return lost;
  const artifacts = Object.entries(run.stages).flatMap(([id, result]) =>
    result.artifacts.map((artifact) => ({ id, artifact })),
  );
  await Promise.all(
    artifacts.map(async ({ id, artifact }) => {
      if (await store.has(objectKey(artifact.sha256))) return;
      lost.set(id, `its artifact "${artifact.name}" is no longer in the store`);
    }),
  );
  return lost;
}
