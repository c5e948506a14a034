import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ENTRY_POINTS = {
  sluice: 'index',
  'sluice/client': 'client/index',
  'sluice/worker': 'worker/index',
  'sluice/nodes': 'nodes/index',
};

/**
 * Imports a user's TypeScript or JavaScript file. Its imports of `sluice` get the copy that runs now, so that they work
 * without an installation beside the file, and also when this package runs from its sources.
 */
export async function importModule(file: string): Promise<unknown> {
  const jiti = createJiti(import.meta.url, { alias: ownEntryPoints() });
  return jiti.import(file);
}

function ownEntryPoints(): Record<string, string> {
  const found = Object.entries(ENTRY_POINTS).flatMap(([name, path]) => {
    const file = ['ts', 'js']
      .map((extension) => join(ROOT, `${path}.${extension}`))
      .find((each) => existsSync(each));
    return file === undefined ? [] : [[name, file] as const];
  });
  return Object.fromEntries(found);
}
