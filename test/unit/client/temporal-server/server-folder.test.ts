import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  livingUsers,
  openServerFolder,
  readState,
  registerUser,
  writeState,
} from '../../../../src/client/temporal-server/server-folder.js';

let dir: string;

beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'sluice-folder-')));
});

afterEach(async () => {
  await rm(dir, { recursive: true });
});

it('keeps itself out of version control', async () => {
  const folder = await openServerFolder(dir);
  expect(await readFile(join(folder.path, '.gitignore'), 'utf8')).toBe('*\n');
  await writeFile(join(folder.path, '.gitignore'), 'mine');
  await openServerFolder(dir);
  expect(await readFile(join(folder.path, '.gitignore'), 'utf8')).toBe('mine');
});

it('is the same folder by whatever name the project is reached', async () => {
  await mkdir(join(dir, 'project'));
  await symlink(join(dir, 'project'), join(dir, 'alias'));
  expect(await openServerFolder(join(dir, 'alias'))).toEqual(await openServerFolder(join(dir, 'project')));
});

it('says which folder cannot be used and why', async () => {
  await expect(openServerFolder(join(dir, 'missing'))).rejects.toMatchObject({
    code: 'folder_unusable',
    message: expect.stringContaining(
      `"${join(dir, 'missing', '.sluice')}" cannot be written: ENOENT`,
    ) as string,
  });
});

it('counts each use of a living process, and ends one at a time', async () => {
  const folder = await openServerFolder(dir);
  const first = await registerUser(folder);
  const second = await registerUser(folder);
  expect(await livingUsers(folder)).toEqual([process.pid, process.pid]);
  await first.end();
  await first.end();
  expect(await livingUsers(folder)).toEqual([process.pid]);
  await second.end();
  expect(await livingUsers(folder)).toEqual([]);
});

it('tells an exiting process whether it was the last user', async () => {
  const folder = await openServerFolder(dir);
  const first = await registerUser(folder);
  const second = await registerUser(folder);
  expect(first.endAtExit()).toEqual({ hasOthers: true });
  expect(second.endAtExit()).toEqual({ hasOthers: false });
});

it('forgets users that died, also when their pid went to another process', async () => {
  const folder = await openServerFolder(dir);
  await writeFile(join(folder.users, `${2 ** 22 + 1}-aaaa`), 'long-ago');
  await writeFile(join(folder.users, `${process.pid}-bbbb`), 'long-ago');
  await writeFile(join(folder.users, 'rubbish'), '');
  expect(await livingUsers(folder)).toEqual([]);
  expect(await readdir(folder.users)).toEqual([]);
});

it('reads back the state it wrote and takes a damaged one for none', async () => {
  const folder = await openServerFolder(dir);
  expect(await readState(folder)).toBeNull();
  const state = {
    pid: 1,
    port: 7233,
    uiPort: null,
    dbFile: '/db',
    startedBy: 2,
    startedAt: '2026-01-01T00:00:00Z',
  };
  await writeState(folder, state);
  expect(await readState(folder)).toEqual(state);
  await writeFile(folder.stateFile, '{"pid":1,');
  expect(await readState(folder)).toBeNull();
});
