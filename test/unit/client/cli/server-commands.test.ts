import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../../support/run-cli.js';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-servers-'));
});

/** An executable that answers to --version as the Temporal CLI does. */
async function fakeTemporal(): Promise<string> {
  const path = join(dir, 'temporal');
  await writeFile(path, '#!/bin/sh\necho "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"\n');
  await chmod(path, 0o755);
  return path;
}

describe('setup', () => {
  test('says which tool it found and where it came from', async () => {
    const path = await fakeTemporal();
    const env = { ...process.env, SLUICE_TEMPORAL_CLI: path };
    const { exitCode, stdout, stderr } = await runCli(['setup', '--no-test-server'], { env });
    expect(exitCode).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain(path);
  });

  test('gives the tools as JSON', async () => {
    const path = await fakeTemporal();
    const env = { ...process.env, SLUICE_TEMPORAL_CLI: path };
    const { json } = await runCli(['setup', '--no-test-server', '--json'], { env });
    expect(json()).toEqual({
      temporal_cli: { path, source: 'environment', version: expect.stringContaining('1.5.1') as string },
    });
  });

  test('exits with 3 and says what to do when a named tool is not there', async () => {
    const env = { ...process.env, SLUICE_TEMPORAL_CLI: join(dir, 'nothing') };
    const { exitCode, json } = await runCli(['setup', '--no-test-server', '--json'], { env });
    expect(exitCode).toBe(3);
    expect(json()).toMatchObject({
      error: {
        code: 'tool_missing',
        message: expect.stringContaining('SLUICE_TEMPORAL_CLI') as string,
        hint: expect.any(String) as string,
      },
    });
  });
});

describe('worker', () => {
  test.each([
    [['--config', 'nowhere'], 'The configuration "nowhere" does not exist.'],
    [['--config', 'temporal'], '"temporal" is not called sluice.config.ts'],
    [['--max-activities', '0'], 'Expected a whole number from 1 up.'],
    [['--health-port', 'x'], 'Expected a whole number from 1 to 65535.'],
  ])('refuses wrong options: %j', async (flags, message) => {
    await fakeTemporal();
    const { exitCode, stdout, stderr } = await runCli(['worker', ...flags], { cwd: dir, env: process.env });
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });

  test('refuses a configuration with an unknown key', async () => {
    const project = await mkdtemp(join(tmpdir(), 'sluice-worker-'));
    const config = join(project, 'sluice.config.json');
    await writeFile(config, '{ "wroker": {} }');
    const { exitCode, stderr } = await runCli(['worker', '--config', config], { env: process.env });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('wroker');
  });
});

describe('dev', () => {
  test('exits with 2 and says what to do when the port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const { exitCode, json } = await runCli(['dev', dir, '--port', String(port), '--json'], {
      env: process.env,
    });
    taken.close();
    expect(exitCode).toBe(2);
    expect(json()).toMatchObject({
      error: { code: 'port_in_use', message: expect.stringContaining(String(port)) as string },
    });
  });
});
