import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of sluice.config.ts. Relative paths in params count from here, wherever the worker was started. */
const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

export function fromProject(path: string): string {
  return resolve(PROJECT, path);
}

/** A path as a person would type it in the project folder. */
export function shown(path: string): string {
  const short = relative(PROJECT, path);
  return short.startsWith('..') ? path : short;
}

/** Where the files of a story go: a folder named after it. */
export function folderOf(outDir: string, title: string): string {
  const name = title.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-');
  return resolve(PROJECT, outDir, name.replaceAll(/^-|-$/g, '') || 'untitled');
}

/**
 * Lets `write` fill a file beside `path` and then puts it in place in one step. A stage that dies half-way or runs
 * twice never leaves half a file, and whoever has the old one open goes on reading it.
 */
export async function replaceFile(path: string, write: (draft: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}.draft`;
  try {
    await write(draft);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

export async function writeText(path: string, text: string): Promise<void> {
  await replaceFile(path, (draft) => writeFile(draft, text));
}
