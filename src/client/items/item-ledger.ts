import { readArtifactLines } from '../../activities/read-artifact.js';
import type { IndexRange } from '../../engine/index-ranges.js';
import type { ItemLedger } from '../../engine/map-ledger.js';
import type { StageResult } from '../../engine/result.js';
import { isJsonObject, type Json } from '../../shared/json.js';
import type { BlobStore } from '../../storage/blob-store.js';

/**
 * What a new run needs to run only the items of a map that are not done: positions and outputs of those that are. Null
 * for a stage without items, and for one whose items are all done.
 */
export async function itemLedger(
  { items, output }: Pick<StageResult, 'items' | 'output'>,
  store: BlobStore | undefined,
): Promise<ItemLedger | null> {
  const ledger = items?.ledger;
  if (ledger === undefined || ledger.outputs !== null || ledger.parts !== undefined) return ledger ?? null;
  if (Array.isArray(output)) return { ...ledger, outputs: outputsOf(output, ledger.done) };
  const sha256 = collectedFile(output);
  if (sha256 === null || store === undefined) return ledger;
  return { ...ledger, outputs: await linesOf(store, sha256, ledger.done) };
}

function outputsOf(list: readonly Json[], done: readonly IndexRange[]): readonly Json[] {
  return done.flatMap(([from, to]) => list.slice(from, to));
}

async function linesOf(
  store: BlobStore,
  sha256: string,
  done: readonly IndexRange[],
): Promise<readonly Json[]> {
  const outputs: Json[] = [];
  let range = 0;
  let index = 0;
  for await (const line of readArtifactLines(store, { sha256 })) {
    while (range < done.length && index >= (done[range]?.[1] ?? 0)) range += 1;
    if (index >= (done[range]?.[0] ?? Number.POSITIVE_INFINITY)) outputs.push(line);
    index += 1;
  }
  return outputs;
}

/** The hash of the file in the output of a map with `collect: file`. */
function collectedFile(output: Json): string | null {
  const file = isJsonObject(output) ? output['file'] : undefined;
  const sha256 = isJsonObject(file) ? file['sha256'] : undefined;
  return typeof sha256 === 'string' ? sha256 : null;
}
