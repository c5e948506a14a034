import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from '../../src/client/temporal-server/embedded-server.js';
import type { RunResult } from '../../src/engine/result.js';
import { runCli } from '../support/run-cli.js';
import { sluice } from '../support/sluice-process.js';

/** Items 2 and 5 fail until a file is there. */
const definition = (name: string, map: string): string => `
name: ${name}
stages:
  - id: load
    run: [sh, -c, 'echo load >> ran; echo 8']
  - id: each
    map: { over: { range: "\${{ stages.load.output }}" }, ${map} }
    retry: { max_attempts: 1 }
    run: [sh, -c, 'echo each.$N >> ran; case $N in 2|5) test -f fixed;; esac && echo $((N * 10))']
    env: { N: "\${{ item }}" }
  - id: sum
    set: { output: "\${{ stages.each.output }}" }
outputs: { each: "\${{ stages.sum.output }}" }
`;

let dir: string;
let server: EmbeddedServer;
const ran = async (): Promise<readonly string[]> =>
  (await readFile(join(dir, 'ran'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .toSorted();
const result = (stdout: string): RunResult => JSON.parse(stdout) as RunResult;

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'sluice-items-')));
  const tolerant = 'on_item_failure: continue';
  await writeFile(join(dir, 'tolerant.yaml'), definition('tolerant', tolerant));
  await writeFile(join(dir, 'strict.yaml'), definition('strict', 'max_concurrency: 1'));
  await writeFile(join(dir, 'filed.yaml'), definition('filed', `${tolerant}, collect: file`));
  server = await startEmbeddedServer({ dir });
  await writeFile(join(dir, 'ran'), '');
  for (const name of ['tolerant', 'strict', 'filed']) {
    const { exitCode, stderr } = await sluice(dir, ['run', `${name}.yaml`, '--id', 'bad', '--json']);
    expect(exitCode, stderr).toBe(name === 'strict' ? 1 : 0);
  }
  await writeFile(join(dir, 'fixed'), '');
});
beforeEach(() => writeFile(join(dir, 'ran'), ''));
afterAll(async () => {
  await server.release();
  await rm(dir, { recursive: true, force: true });
});

describe('sluice status --stage', () => {
  it('lists the failed items with their errors', async () => {
    const args = ['status', 'tolerant/bad', '--stage', 'each', '--items', 'failed'];
    const listed = await runCli([...args, '--json'], { cwd: dir });
    expect(listed.exitCode, listed.stderr).toBe(0);
    const failed = { status: 'failed', attempts: 1, error: { type: 'CommandError' } };
    expect(listed.json()).toMatchObject({
      workflow_id: 'tolerant/bad',
      stage: 'each',
      status: 'succeeded',
      total: 8,
      succeeded: 6,
      failed: 2,
      items: [
        { index: 2, ...failed },
        { index: 5, ...failed },
      ],
      more: 0,
    });
    const words = await runCli(args, { cwd: dir });
    expect(words.stdout).toContain('each  succeeded, 8 items, 2 failed');
    expect(words.stdout).toMatch(/5 +✖ failed/);
  });

  it('lists all items of a stage that gave up, also those that never started', async () => {
    const args = ['status', 'strict/bad', '--stage', 'each', '--limit', '4', '--json'];
    const { items, more } = (await runCli(args, { cwd: dir })).json() as {
      readonly items: ReadonlyArray<{ readonly index: number; readonly status: string }>;
      readonly more: number;
    };
    expect(items.map(({ index, status }) => `${index} ${status}`)).toEqual([
      '0 succeeded',
      '1 succeeded',
      '2 failed',
      '3 pending',
    ]);
    expect(more).toBe(4);
  });

  it.each([
    [['--stage', 'eech'], /has no stage "eech"/],
    [['--stage', 'load'], /has no items/],
    [['--items', 'failed'], /--items lists the items of one stage/],
  ])('refuses %j', async (flags, message) => {
    const { exitCode, stderr } = await runCli(['status', 'tolerant/bad', ...flags], { cwd: dir });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('sluice retry --failed-items', () => {
  const each = [0, 10, 20, 30, 40, 50, 60, 70];

  it('runs the failed items alone, and what depends on the stage', async () => {
    const retried = await sluice(dir, [
      'retry',
      'tolerant/bad',
      'each',
      '--failed-items',
      '--id',
      'good',
      '--json',
    ]);
    expect(retried.exitCode, retried.stderr).toBe(0);
    const { outputs, stages, partial } = result(retried.stdout);
    expect(outputs['each']).toEqual(each);
    expect(partial).toBe(false);
    expect(stages['load']?.status).toBe('reused');
    expect(stages['each']?.items).toMatchObject({ total: 8, reused: 6, succeeded: 2, failed: 0 });
    expect(await ran()).toEqual(['each.2', 'each.5']);
  });

  it('goes on with a map that gave up: its failed items and those that never started', async () => {
    const retried = await sluice(dir, ['retry', 'strict/bad', 'each', '--failed-items', '--json']);
    expect(retried.exitCode, retried.stderr).toBe(0);
    expect(result(retried.stdout).outputs['each']).toEqual(each);
    expect(await ran()).toEqual([2, 3, 4, 5, 6, 7].map((index) => `each.${index}`));
  });

  it('takes results out of the file that the map collected', async () => {
    const retried = await sluice(dir, ['retry', 'filed/bad', 'each', '--failed-items', '--json']);
    expect(retried.exitCode, retried.stderr).toBe(0);
    expect(await ran()).toEqual(['each.2', 'each.5']);
    const { file } = result(retried.stdout).outputs['each'] as { readonly file: { readonly sha256: string } };
    const path = join(dir, '.sluice/store/objects', file.sha256.slice(0, 2), file.sha256.slice(2));
    expect(await readFile(path, 'utf8')).toBe(each.map((value) => `${value}\n`).join(''));
  });

  it.each([
    [['load'], 2, /has no items/],
    [['eech'], 2, /no stage "eech"/],
  ])('refuses a stage like %j', async ([stage = ''], code, message) => {
    const { exitCode, stderr } = await runCli(['retry', 'tolerant/bad', stage, '--failed-items'], {
      cwd: dir,
    });
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(message);
    expect(await ran()).toEqual([]);
  });
});
