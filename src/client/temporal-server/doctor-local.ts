import { access, constants, readFile, statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failure, fine, warning } from './finding.js';
import type { Finding } from './finding.js';
import { serverFolder } from './server-folder.js';

const NEEDED_NODE = { major: 20, minor: 19 } as const;
const LITTLE_DISK_BYTES = 1_000_000_000;
/** The parts of the Temporal SDK that must share one copy of protobufjs. */
const PROTOBUF_USERS = [
  '@temporalio/common',
  '@temporalio/proto',
  '@temporalio/worker',
  '@temporalio/client',
];

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough =
    major > NEEDED_NODE.major || (major === NEEDED_NODE.major && minor >= NEEDED_NODE.minor);
  if (isNewEnough) return fine('node', `Node ${version}`);
  const needed = `${NEEDED_NODE.major}.${NEEDED_NODE.minor}`;
  return failure(
    'node',
    `Node ${version} is too old: Sluice needs ${needed} or later.`,
    `Install Node ${needed} or later.`,
  );
}

/**
 * npm may install several copies of protobufjs 8 under the Temporal SDK. Messages made by one are no messages to
 * another, and payloads in external storage then fail with "type must be a Type".
 * @param from a file in the package whose dependencies are looked at
 */
export async function checkProtobuf(from: string = fileURLToPath(import.meta.url)): Promise<Finding> {
  const check = 'protobufjs';
  const copies = new Map<string, string[]>();
  for (const user of PROTOBUF_USERS) {
    const copy = await protobufOf(user, from);
    if (copy !== null) copies.set(copy, [...(copies.get(copy) ?? []), user]);
  }
  if (copies.size <= 1) return fine(check, 'The Temporal SDK shares one copy of protobufjs.');
  const list = [...copies].map(([copy, users]) => `${copy} (${users.join(', ')})`).join('; ');
  return failure(
    check,
    `The Temporal SDK uses ${copies.size} copies of protobufjs, so large payloads cannot be stored: ${list}`,
    'Run "npm install protobufjs@8" in the project, so that all share that one copy.',
  );
}

export async function checkProjectFolder(dir: string): Promise<Finding> {
  const check = 'project_folder';
  const { path } = serverFolder(dir);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  try {
    await access(isThere ? path : dir, constants.W_OK);
    return fine(check, `${path} can be written.`);
  } catch (error) {
    return failure(
      check,
      `${path} cannot be written: ${(error as Error).message}`,
      'Give yourself the right to write there, or work in another folder.',
    );
  }
}

export async function checkDisk(dir: string): Promise<Finding> {
  const check = 'disk';
  try {
    const { bavail, bsize } = await statfs(dir);
    const free = bavail * bsize;
    const message = `${(free / 1e9).toFixed(1)} GB free where ${dir} lies.`;
    if (free >= LITTLE_DISK_BYTES) return fine(check, message);
    return warning(check, message, 'Free some space: runs keep their data and payloads in .sluice.');
  } catch (error) {
    return failure(
      check,
      `The folder ${dir} cannot be looked at: ${(error as Error).message}`,
      'Give a folder that exists.',
    );
  }
}

/** Workers start faster, and production ones the same each time, from the bundle that the build makes. */
export async function checkBundle(
  file: string = fileURLToPath(new URL('../../../dist/workflow-bundle.js', import.meta.url)),
): Promise<Finding> {
  const check = 'workflow_bundle';
  try {
    await access(file, constants.R_OK);
    return fine(check, `The workflow bundle is built: ${file}`);
  } catch {
    return warning(
      check,
      `The workflow bundle ${file} is missing: workers make one at each start.`,
      'In a checkout run "npm run build"; elsewhere install the package again.',
    );
  }
}

/** The folder of the protobufjs 8 that a package loads; null when it loads none or another major. */
async function protobufOf(user: string, from: string): Promise<string | null> {
  try {
    const userFile = createRequire(from).resolve(user);
    const entry = createRequire(userFile).resolve('protobufjs/package.json');
    const { version } = JSON.parse(await readFile(entry, 'utf8')) as { readonly version: string };
    return version.startsWith('8.') ? dirname(entry) : null;
  } catch {
    return null;
  }
}
