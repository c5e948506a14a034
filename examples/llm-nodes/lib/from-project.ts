import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of sluice.config.ts. Relative paths in params count from here, wherever the worker was started. */
const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

export function fromProject(path: string): string {
  return resolve(PROJECT, path);
}
