import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { assertKey, type BlobStore, type PutOptions, StoreError } from './blob-store.js';

const TEMPORARY = '.tmp-';

/** A {@link BlobStore} in a folder, which several processes may share. The folder is made on the first write. */
export function createFolderStore(path: string): BlobStore {
  const folder = resolve(path);
  const pathOf = (key: string): string => {
    assertKey(key);
    return join(folder, ...key.split('/'));
  };
  return {
    location: folder,
    put: async (key, data, options) => {
      const path = pathOf(key);
      await explain(key, folder, () => writeWhole(path, data, options));
    },
    get: async (key) => {
      const path = pathOf(key);
      return explain(key, folder, () => readFile(path));
    },
    getStream: async (key) => {
      const path = pathOf(key);
      return explain(key, folder, () => openStream(path));
    },
    has: async (key) => {
      const path = pathOf(key);
      return explain(key, folder, () => exists(path));
    },
    list: async (prefix) => explain(prefix, folder, () => listKeys(folder, prefix)),
    delete: async (key) => {
      const path = pathOf(key);
      await explain(key, folder, () => rm(path, { force: true }));
    },
  };
}

// A reader sees the old bytes or the new ones, never a part: the rename is the only visible step.
async function writeWhole(
  path: string,
  data: Uint8Array | Readable,
  options: PutOptions = {},
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `${TEMPORARY}${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await writeFile(file, data);
      if (options.durable === true) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function openStream(path: string): Promise<Readable> {
  const file = await open(path, 'r');
  await file.close();
  return createReadStream(path);
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
    throw error;
  }
}

async function listKeys(folder: string, prefix: string): Promise<readonly string[]> {
  const base = prefix.replace(/\/$/, '');
  if (base !== '') assertKey(base);
  const root = join(folder, ...base.split('/'));
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith(TEMPORARY))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .toSorted();
}

async function explain<T>(key: string, folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const cause = error instanceof Error ? error : new Error(String(error));
    if (codeOf(error) === 'ENOENT') {
      throw new StoreError('missing', `The store in ${folder} holds no object "${key}".`, { cause });
    }
    throw new StoreError('unavailable', `The store in ${folder} failed at "${key}": ${cause.message}.`, {
      cause,
    });
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
