import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The parts of the Temporal SDK that must share one copy of protobufjs 8. */
const USERS = ['@temporalio/common', '@temporalio/proto', '@temporalio/worker', '@temporalio/client'];

/**
 * Folders of the copies of protobufjs 8 that the Temporal SDK uses, with who uses each. With more than one, payloads
 * cannot go to external storage: messages made by one copy are none to another ("type must be a Type"). npm makes
 * several in some layouts; `npm install protobufjs@8` in the project leaves one.
 * @param from a file in the package whose dependencies are looked at
 */
export function protobufCopies(
  from: string = fileURLToPath(import.meta.url),
): ReadonlyMap<string, readonly string[]> {
  const copies = new Map<string, string[]>();
  for (const user of USERS) {
    const copy = copyOf(user, from);
    if (copy !== null) copies.set(copy, [...(copies.get(copy) ?? []), user]);
  }
  return copies;
}

function copyOf(user: string, from: string): string | null {
  try {
    const require = createRequire(createRequire(from).resolve(user));
    const manifest = require.resolve('protobufjs/package.json');
    const { version } = require(manifest) as { readonly version: string };
    return version.startsWith('8.') ? dirname(manifest) : null;
  } catch {
    return null;
  }
}
