import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ensureTemporalCli,
  ensureTestServer,
  findTemporalCli,
  findTestServer,
} from '../../../../src/client/temporal-server/locate.js';
import type { Fetchers } from '../../../../src/client/temporal-server/locate.js';

let folder: string;
let steps: string[];
const CLI_IN_CACHE = join('temporal-cli-1.5.1', 'temporal');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-locate-'));
  steps = [];
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

function options(env: NodeJS.ProcessEnv = {}, fetchers: Fetchers = nothingToFetch()) {
  const onStep = ({ message }: { readonly message: string }): void => void steps.push(message);
  return { env: { PATH: join(folder, 'bin'), ...env }, cacheDir: join(folder, 'cache'), onStep, fetchers };
}

async function program(
  path: string,
  script = 'echo temporal version 1.4.0 "(Server 1.28.0, UI 2.39.0)"',
): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

function nothingToFetch(): Fetchers {
  const fail = (): Promise<never> => Promise.reject(new Error('must not be fetched'));
  return { download: fail, build: fail };
}

const blocked = (): Promise<never> => Promise.reject(new Error('getaddrinfo ENOTFOUND temporal.download'));

function making(file: string, text: string) {
  return async (target: string): Promise<void> => {
    await writeFile(join(target, file), text, { mode: 0o755 });
  };
}

describe('finding the Temporal CLI', () => {
  it('takes the one that SLUICE_TEMPORAL_CLI names before any other', async () => {
    const named = await program('named/temporal-cli');
    await program('bin/temporal');
    await program(join('cache', CLI_IN_CACHE));
    expect(await findTemporalCli(options({ SLUICE_TEMPORAL_CLI: named }))).toEqual({
      path: named,
      source: 'environment',
    });
  });

  it('says so when SLUICE_TEMPORAL_CLI names nothing that runs, and does not quietly take another', async () => {
    await program('bin/temporal');
    await expect(
      findTemporalCli(options({ SLUICE_TEMPORAL_CLI: '/nowhere/temporal' })),
    ).rejects.toMatchObject({
      code: 'tool_missing',
      message: 'SLUICE_TEMPORAL_CLI is `/nowhere/temporal`, which is not an executable file.',
    });
  });

  it('takes the one on PATH before the cache and reports its version', async () => {
    const path = await program('bin/temporal');
    await program(join('cache', CLI_IN_CACHE));
    expect(await findTemporalCli(options())).toEqual({ path, source: 'path', version: '1.4.0' });
  });

  it('passes over another program of that name on PATH and says so', async () => {
    const other = await program('bin/temporal', 'echo I keep calendars');
    const cached = await program(join('cache', CLI_IN_CACHE));
    expect(await findTemporalCli(options())).toEqual({ path: cached, source: 'cache', version: '1.5.1' });
    expect(steps).toEqual([
      `Passing over ${other}: it does not answer to --version as the Temporal CLI does`,
    ]);
  });

  it('finds nothing on a machine that has none', async () => {
    expect(await findTemporalCli(options())).toBeNull();
    expect(await findTestServer(options())).toBeNull();
  });
});

describe('getting the Temporal CLI', () => {
  it('fetches nothing when there is one', async () => {
    const path = await program('bin/temporal');
    expect(await ensureTemporalCli(options())).toMatchObject({ path, source: 'path' });
  });

  it('downloads it and keeps it in the cache', async () => {
    const fetchers = { ...nothingToFetch(), download: making('temporal', 'downloaded') };
    const got = await ensureTemporalCli(options({}, fetchers));
    expect(got).toEqual({ path: join(folder, 'cache', CLI_IN_CACHE), source: 'download', version: '1.5.1' });
    expect(await ensureTemporalCli(options())).toMatchObject({ path: got.path, source: 'cache' });
    expect(await readdir(join(folder, 'cache'))).toEqual(['temporal-cli-1.5.1']);
  });

  it('builds it where the download is blocked, and says what it does', async () => {
    const got = await ensureTemporalCli(
      options({}, { download: blocked, build: making('temporal', 'built') }),
    );
    expect(got.source).toBe('build');
    expect(await readFile(got.path, 'utf8')).toBe('built');
    expect(steps[1]).toBe('No download (getaddrinfo ENOTFOUND temporal.download): making it here instead');
  });

  it('lets one of several callers fetch and the others wait for it', async () => {
    let fetched = 0;
    const download = async (target: string): Promise<void> => {
      fetched += 1;
      await making('temporal', 'downloaded')(target);
    };
    const all = await Promise.all(
      [1, 2, 3].map(() => ensureTemporalCli(options({}, { ...nothingToFetch(), download }))),
    );
    expect(fetched).toBe(1);
    expect(all.map(({ source }) => source).sort()).toEqual(['cache', 'cache', 'download']);
  });

  it('clears away what a killed process had fetched so far', async () => {
    await mkdir(join(folder, 'cache', '.temporal-cli-1.5.1-a1b2c3'), { recursive: true });
    await ensureTemporalCli(options({}, { ...nothingToFetch(), download: making('temporal', 'downloaded') }));
    expect(await readdir(join(folder, 'cache'))).toEqual(['temporal-cli-1.5.1']);
  });

  it('leaves nothing half-made in the cache when all ways fail', async () => {
    const build = async (target: string): Promise<never> => {
      await writeFile(join(target, 'temporal'), 'half');
      throw Object.assign(new Error('failed'), {
        stderr: 'go: downloading\ngo: modules.example: no such host',
      });
    };
    await expect(ensureTemporalCli(options({}, { download: blocked, build }))).rejects.toMatchObject({
      code: 'tool_missing',
      message:
        'The Temporal CLI could not be had. Download: getaddrinfo ENOTFOUND temporal.download. ' +
        'Making it here: go: downloading\ngo: modules.example: no such host.',
    });
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });

  it('names what to install when Go is missing', async () => {
    const build = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('spawn go ENOENT'), { code: 'ENOENT' }));
    await expect(ensureTemporalCli(options({}, { download: blocked, build }))).rejects.toMatchObject({
      message: expect.stringContaining('Making it here: Go 1.21 or later not found on PATH.') as string,
      hint:
        'Allow https://temporal.download, or install Go 1.21 or later with access to its packages, ' +
        'or let SLUICE_TEMPORAL_CLI name an executable.',
    });
  });

  it('names Java and Maven for the test server', async () => {
    const build = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('spawn mvn ENOENT'), { code: 'ENOENT' }));
    await expect(ensureTestServer(options({}, { download: blocked, build }))).rejects.toMatchObject({
      message: expect.stringContaining('Java 11 or later and Maven not found on PATH.') as string,
      hint: expect.stringContaining('SLUICE_TEMPORAL_TEST_SERVER') as string,
    });
  });
});
