import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  checkBundle,
  checkNode,
  checkProjectFolder,
  checkProtobuf,
} from '../../../../src/client/temporal-server/doctor-local.js';
import { checkConfiguredServer } from '../../../../src/client/temporal-server/doctor-server.js';
import { checkTemporalCli, checkTestServer } from '../../../../src/client/temporal-server/doctor-tools.js';
import { diagnose } from '../../../../src/client/temporal-server/doctor.js';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-doctor-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true });
});

async function file(path: string, content: string): Promise<string> {
  const target = join(dir, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
  return target;
}

async function installed(name: string, version: string): Promise<void> {
  await file(join(name, 'package.json'), JSON.stringify({ name, version, main: 'index.js' }));
  await file(join(name, 'index.js'), '');
}

it('refuses a Node that is too old and names the one to install', () => {
  expect(checkNode('20.19.0').ok).toBe(true);
  expect(checkNode('22.0.0').ok).toBe(true);
  expect(checkNode('20.18.3')).toEqual({
    check: 'node',
    ok: false,
    level: 'error',
    message: 'Node 20.18.3 is too old: Sluice needs 20.19 or later.',
    fix: 'Install Node 20.19 or later.',
  });
});

it('finds several copies of protobufjs under the Temporal SDK and says how to get one', async () => {
  const from = await file('app/index.js', '');
  for (const user of ['common', 'proto']) {
    await installed(`app/node_modules/@temporalio/${user}`, '1.24.0');
    await installed(`app/node_modules/@temporalio/${user}/node_modules/protobufjs`, '8.1.0');
  }
  expect(await checkProtobuf(from)).toMatchObject({
    level: 'error',
    message: expect.stringContaining('uses 2 copies of protobufjs') as string,
    fix: expect.stringContaining('npm install protobufjs@8') as string,
  });
});

it('is content with one shared copy of protobufjs beside an older major for gRPC', async () => {
  const from = await file('app/index.js', '');
  for (const user of ['common', 'proto']) await installed(`app/node_modules/@temporalio/${user}`, '1.24.0');
  await installed('app/node_modules/protobufjs', '8.1.0');
  await installed('app/node_modules/@temporalio/worker', '1.24.0');
  await installed('app/node_modules/@temporalio/worker/node_modules/protobufjs', '7.6.0');
  expect(await checkProtobuf(from)).toMatchObject({ ok: true });
});

it('tells a folder that is missing from one that can be written', async () => {
  expect(await checkProjectFolder(dir)).toMatchObject({ ok: true });
  expect(await checkProjectFolder(join(dir, 'missing'))).toMatchObject({ level: 'error' });
});

it('warns where the workflow bundle was not built', async () => {
  expect(await checkBundle(await file('workflow-bundle.js', ''))).toMatchObject({ ok: true });
  expect(await checkBundle(join(dir, 'none.js'))).toMatchObject({ level: 'warning' });
});

it('says which program is missing when the servers are not there yet', async () => {
  const bare = { env: { PATH: dir }, cacheDir: join(dir, 'cache') };
  expect(await checkTemporalCli(bare)).toMatchObject({
    level: 'warning',
    fix: expect.stringContaining('install Go 1.21 or later, or let SLUICE_TEMPORAL_CLI name') as string,
  });
  expect(await checkTestServer(bare)).toMatchObject({
    level: 'warning',
    message: expect.stringContaining('Java and Maven, to get it where that is blocked, is missing') as string,
  });
});

it('reports a test server of jars without Java as an error', async () => {
  const script = await file('cache/temporal-test-server-1.38.0/temporal-test-server', '#!/bin/sh\n');
  await chmod(script, 0o755);
  await file('cache/temporal-test-server-1.38.0/lib/server.jar', '');
  expect(await checkTestServer({ env: { PATH: dir }, cacheDir: join(dir, 'cache') })).toMatchObject({
    level: 'error',
    fix: 'Install Java 11 or later.',
  });
});

it('reports a variable that names no executable as an error, with what to do', async () => {
  expect(await checkTemporalCli({ env: { SLUICE_TEMPORAL_CLI: '/nowhere' } })).toMatchObject({
    level: 'error',
    message: 'SLUICE_TEMPORAL_CLI is `/nowhere`, which is not an executable file.',
    fix: expect.stringContaining('unset it') as string,
  });
});

it('is content without a configured server', async () => {
  expect(await checkConfiguredServer({ TEMPORAL_CONFIG_FILE: join(dir, 'none.toml') })).toMatchObject([
    { ok: true },
  ]);
});

it('reports connection settings that cannot be read', async () => {
  const config = await file('temporal.toml', 'address = [');
  expect(await checkConfiguredServer({ TEMPORAL_CONFIG_FILE: config })).toMatchObject([
    { level: 'error', message: expect.stringContaining('connection settings cannot be read') as string },
  ]);
});

it('names the address that cannot be reached and what to check', async () => {
  expect(await checkConfiguredServer({ TEMPORAL_ADDRESS: '127.0.0.1:1' })).toMatchObject([
    {
      level: 'error',
      message: expect.stringContaining(
        'The Temporal server at 127.0.0.1:1 with the namespace "default"',
      ) as string,
      fix: expect.stringContaining('TEMPORAL_ADDRESS') as string,
    },
  ]);
});

it('looks at everything and never throws', async () => {
  const findings = await diagnose({
    dir: join(dir, 'missing'),
    env: { PATH: dir, SLUICE_TEMPORAL_CLI: '/nowhere' },
  });
  expect(findings.map(({ check }) => check)).toEqual([
    'node',
    'temporal_cli',
    'test_server',
    'protobufjs',
    'temporal_server',
    'project_folder',
    'disk',
    'store',
    'workflow_bundle',
  ]);
  expect(findings.every(({ ok, fix }) => ok === (fix === null))).toBe(true);
});
