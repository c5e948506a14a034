import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { protobufCopies } from '../../../src/storage/protobuf-copies.js';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-protobuf-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function install(path: string, version: string): Promise<void> {
  const file = join(folder, 'node_modules', path, 'package.json');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ name: path, version, main: 'index.js' }));
  await writeFile(join(dirname(file), 'index.js'), '');
}

test('this installation has one copy', () => {
  expect(protobufCopies().size).toBe(1);
});

test('tells which package uses which of several copies, and leaves other versions aside', async () => {
  await install('@temporalio/common', '1.0.0');
  await install('@temporalio/proto', '1.0.0');
  await install('@temporalio/client', '1.0.0');
  await install('protobufjs', '8.1.0');
  await install('@temporalio/proto/node_modules/protobufjs', '8.1.0');
  await install('@temporalio/client/node_modules/protobufjs', '7.5.0');
  expect(Object.fromEntries(protobufCopies(join(folder, 'index.js')))).toEqual({
    [join(folder, 'node_modules/protobufjs')]: ['@temporalio/common'],
    [join(folder, 'node_modules/@temporalio/proto/node_modules/protobufjs')]: ['@temporalio/proto'],
  });
});
