import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import { ERROR_TYPE } from '../shared/names.js';
import type { ArtifactRef } from '../shared/task.js';
import type { BlobStore } from '../storage/blob-store.js';
import { putObject, putObjectFile } from '../storage/objects.js';
import { stageFailure, validationFailure } from './failure.js';

/** The name as it will be kept; throws when it could point out of a folder. */
export function artifactName(name: string): string {
  const clean = normalize(name).split(sep).join('/');
  if (
    name === '' ||
    name.includes('\0') ||
    isAbsolute(name) ||
    clean === '.' ||
    clean === '..' ||
    clean.startsWith('../')
  ) {
    throw validationFailure(
      `"${name}" cannot be the name of an artifact: give a path inside the stage's folder, such as "out/model.json".`,
    );
  }
  return clean;
}

/** Keeps data that a stage made in memory. */
export async function storeArtifact(
  store: BlobStore,
  name: string,
  data: string | Uint8Array,
): Promise<ArtifactRef> {
  const stored = await putObject(store, typeof data === 'string' ? Buffer.from(data) : data);
  return { name, ...stored };
}

/**
 * Keeps the files that a stage promised to write. Throws `ArtifactMissing` for one that is not there, and a
 * `ValidationError` for one that lies outside of the folder, also through a symbolic link.
 */
export async function storeArtifactFiles(
  store: BlobStore,
  folder: string,
  names: readonly string[],
): Promise<readonly ArtifactRef[]> {
  const refs: ArtifactRef[] = [];
  // One after the other: artifacts may be large, and a stage has few.
  for (const raw of names) {
    const name = artifactName(raw);
    const stored = await putObjectFile(store, await fileInside(folder, name));
    refs.push({ name, ...stored });
  }
  return refs;
}

async function fileInside(folder: string, name: string): Promise<string> {
  const path = await realpath(join(folder, name)).catch(() => null);
  if (path === null || !(await stat(path)).isFile()) {
    throw stageFailure(
      ERROR_TYPE.artifactMissing,
      `The stage ended without writing its artifact "${name}". It was looked for in ${folder}.`,
    );
  }
  const inside = relative(await realpath(folder), path);
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw validationFailure(`The artifact "${name}" is a link to ${path}, which is outside of ${folder}.`);
  }
  return path;
}
