import type { Json } from '../shared/json.js';
import type { BlobStore } from '../storage/blob-store.js';
import { getObject, getObjectStream } from '../storage/objects.js';
import { validationFailure } from './failure.js';
import { splitLines } from './split-lines.js';

/** What names the bytes of an artifact: an `ArtifactRef`, or any object with the same `sha256`. */
export type ArtifactPointer = { readonly sha256: string; readonly name?: string };

/** The bytes of an artifact, checked against their hash. Throws when it is missing or damaged. */
export function readArtifact(store: BlobStore, ref: ArtifactPointer): Promise<Buffer> {
  return getObject(store, hashOf(ref));
}

/** The values of an artifact in JSON Lines, one at a time: a file of any size takes the memory of its longest line. */
export async function* readArtifactLines(store: BlobStore, ref: ArtifactPointer): AsyncGenerator<Json> {
  const stream = await getObjectStream(store, hashOf(ref));
  let number = 0;
  for await (const line of splitLines(stream, Number.POSITIVE_INFINITY)) {
    number += 1;
    yield parseLine(line, number, ref);
  }
}

function parseLine(line: string, number: number, ref: ArtifactPointer): Json {
  try {
    const value: Json = JSON.parse(line);
    return value;
  } catch {
    throw validationFailure(`Line ${number} of ${labelOf(ref)} is not JSON: ${line.slice(0, 80)}`);
  }
}

function hashOf(ref: ArtifactPointer): string {
  // Stage functions get references as params, which TypeScript cannot vouch for.
  const sha256: unknown = ref?.sha256;
  if (typeof sha256 === 'string') return sha256;
  throw validationFailure(
    `An artifact is read by its reference, { name, sha256, size_bytes }; got ${JSON.stringify(ref)?.slice(0, 80)}.`,
  );
}

function labelOf({ name, sha256 }: ArtifactPointer): string {
  return name === undefined ? `the artifact ${sha256}` : `the artifact "${name}"`;
}
