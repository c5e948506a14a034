import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeCacheEntry } from '../../../../src/storage/cache-entry.js';
import { createFolderStore } from '../../../../src/storage/folder-store.js';
import { runCli } from '../../../support/run-cli.js';

let cwd: string;
const key = (n: number): string => String(n).repeat(64);

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'sluice-cache-'));
  await writeFile(join(cwd, 'sluice.config.json'), '{ "storage": { "folder": "store" } }');
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

async function fill(): Promise<void> {
  const store = createFolderStore(join(cwd, 'store'));
  const facts = { function: 'load', run_id: 'r', max_age_ms: null };
  const days = (n: number): string => new Date(Date.now() - n * 86_400_000).toISOString();
  const result = { output: 1 };
  const entries = [
    { ...facts, key: key(1), pipeline: 'one', stage: 'load', workflow_id: 'one/1', created_at: days(3) },
    { ...facts, key: key(2), pipeline: 'one', stage: 'clean', workflow_id: 'one/2', created_at: days(2) },
    {
      ...facts,
      key: key(3),
      pipeline: 'two',
      stage: 'load',
      workflow_id: 'two/1',
      created_at: days(1),
      max_age_ms: 3_600_000,
    },
  ];
  for (const entry of entries) await writeCacheEntry(store, { facts: entry, result });
}

const keysLeft = async (): Promise<readonly string[]> => {
  const { json } = await runCli(['cache', 'list', '--json'], { cwd });
  return (json() as { results: { key: string }[] }).results.map((item) => item.key.slice(0, 1));
};

describe('sluice cache list', () => {
  test('shows cached results, the latest first, with the run that made each', async () => {
    await fill();
    const all = (await runCli(['cache', 'list', '--json'], { cwd })).json();
    expect(all).toMatchObject({
      store: join(cwd, 'store'),
      results: [
        { key: key(3), pipeline: 'two', stage: 'load', workflow_id: 'two/1', expired: true },
        { key: key(2), expired: false },
        { key: key(1), max_age_ms: null, size_bytes: expect.any(Number) },
      ],
    });
    const { stdout } = await runCli(['cache', 'list', '--pipeline', 'one', '--stage', 'load'], { cwd });
    expect(stdout).toMatch(/^Key .*Made by/);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(stdout).toContain('111111111111');
  });

  test('says when there is nothing', async () => {
    const { stderr, exitCode } = await runCli(['cache', 'list'], { cwd });
    expect(stderr).toBe(`No cached results in ${join(cwd, 'store')}.\n`);
    expect(exitCode).toBe(0);
  });
});

describe('sluice cache clear', () => {
  test.each([
    [['--stage', 'load'], ['2']],
    [['--pipeline', 'one'], ['3']],
    [['--older-than', '36h'], ['3']],
    [
      ['--pipeline', 'one', '--stage', 'load'],
      ['3', '2'],
    ],
    [['2222'], ['3', '1']],
    [['--all'], []],
  ])('with %j leaves %j', async (args, left) => {
    await fill();
    const { exitCode } = await runCli(['cache', 'clear', ...args], { cwd });
    expect(exitCode).toBe(0);
    expect(await keysLeft()).toEqual(left);
  });

  test('removes nothing in a dry run, and says what it would', async () => {
    await fill();
    const { stderr, stdout } = await runCli(['cache', 'clear', '--stage', 'load', '--dry-run'], { cwd });
    expect(stderr).toMatch(/^Would remove 2 cached results \(.* B\); nothing was changed\.\n$/);
    expect(stdout).toContain('333333333333');
    expect(await keysLeft()).toEqual(['3', '2', '1']);
    const { json } = await runCli(['cache', 'clear', '--all', '--dry-run', '--json'], { cwd });
    expect(json()).toMatchObject({ dry_run: true, removed: 3 });
  });

  test('refuses to guess, and names a key that there is not', async () => {
    await fill();
    const bare = await runCli(['cache', 'clear'], { cwd });
    expect(bare.exitCode).toBe(2);
    expect(bare.stderr).toContain('Nothing says which cached results to clear.');
    const unknown = await runCli(['cache', 'clear', 'abc'], { cwd });
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain('No cached result has a key that begins with "abc".');
    const duration = await runCli(['cache', 'clear', '--older-than', 'soon'], { cwd });
    expect(duration.exitCode).toBe(2);
    expect(await keysLeft()).toHaveLength(3);
  });

  test('removes a damaged result too when everything goes', async () => {
    const store = createFolderStore(join(cwd, 'store'));
    await store.put(`cache/results/99/${key(9)}`, Buffer.from('nonsense'));
    expect((await runCli(['cache', 'list'], { cwd })).stdout).toContain('(damaged)');
    await runCli(['cache', 'clear', '--all'], { cwd });
    expect(await keysLeft()).toEqual([]);
  });
});
