import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  constants,
  copyFile,
  link,
  mkdir,
  open,
  opendir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { assertKey, type BlobEntry, type BlobStore, type PutOptions, StoreError } from './blob-store.js';

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
      await explain(key, folder, () => writeWhole(path, data, { ...options, publish: rename }));
    },
    putIfAbsent: async (key, data) => {
      const path = pathOf(key);
      return explain(key, folder, () => writeNew(path, data));
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
    entries: (prefix, options) => listEntries(folder, prefix, options?.leftovers === true),
    delete: async (key) => {
      const path = pathOf(key);
      await explain(key, folder, () => rm(path, { force: true }));
    },
  };
}

type WriteOptions = PutOptions & {
  readonly publish: (temporary: string, path: string) => Promise<void>;
};

// A reader sees the old bytes or the new ones, never a part: publishing is the only visible step.
async function writeWhole(path: string, data: Uint8Array | Readable, options: WriteOptions): Promise<void> {
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
    await options.publish(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeNew(path: string, data: Uint8Array): Promise<boolean> {
  try {
    await writeWhole(path, data, { publish: publishNew });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** A link to a name that exists fails, which a rename does not. Some file systems have no links. */
async function publishNew(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (!NO_LINKS.has(String(codeOf(error)))) throw error;
    await copyFile(temporary, path, constants.COPYFILE_EXCL);
  }
  await rm(temporary, { force: true });
}

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

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
  const keys: string[] = [];
  for await (const path of filesBelow(folder, prefix)) keys.push(keyOf(folder, path));
  return keys.toSorted();
}

async function* listEntries(folder: string, prefix: string, leftovers: boolean): AsyncGenerator<BlobEntry> {
  try {
    for await (const path of filesBelow(folder, prefix, leftovers)) {
      // Whoever deletes while we list is right.
      const found = await stat(path).catch(ignoreMissing);
      if (found === null) continue;
      yield { key: keyOf(folder, path), size_bytes: found.size, modified_at: found.mtimeMs };
    }
  } catch (error) {
    throw explained(prefix, folder, error);
  }
}

async function* filesBelow(folder: string, prefix: string, leftovers = false): AsyncGenerator<string> {
  const base = prefix.replace(/\/$/, '');
  if (base !== '') assertKey(base);
  const root = await opendir(join(folder, ...base.split('/')), { recursive: true }).catch(ignoreMissing);
  if (root === null) return;
  for await (const entry of root) {
    const isWhole = !entry.name.startsWith(TEMPORARY);
    if (entry.isFile() && (isWhole || leftovers)) yield join(entry.parentPath, entry.name);
  }
}

function keyOf(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/');
}

function ignoreMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
  throw error;
}

async function explain<T>(key: string, folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw explained(key, folder, error);
  }
}

function explained(key: string, folder: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  if (codeOf(error) === 'ENOENT') {
    return new StoreError('missing', `The store in ${folder} holds no object "${key}".`, { cause });
  }
  const why = REASONS[String(codeOf(error))] ?? `${cause.message}.`;
  return new StoreError('unavailable', `The store in ${folder} failed at "${key}": ${why}`, { cause });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Make room, for example with "sluice cleanup"; nothing was changed.',
  EDQUOT: 'the disk quota is used up. Make room, for example with "sluice cleanup"; nothing was changed.',
  EFBIG: 'the object is larger than a file may be here; nothing was changed.',
  EACCES: 'permission denied. Give the user of this process access to the folder.',
  EROFS: 'the file system is read-only. Choose another folder with `storage.folder`.',
};

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
