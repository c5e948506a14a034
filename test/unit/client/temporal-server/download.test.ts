import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { MockAgent } from 'undici';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { downloadThrough } from '../../../../src/client/temporal-server/download.js';
import { TEMPORAL_CLI } from '../../../../src/client/temporal-server/tools.js';

let folder: string;
let target: string;
let agent: MockAgent;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-download-'));
  target = join(folder, 'target');
  await mkdir(target);
  agent = new MockAgent();
  agent.disableNetConnect();
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Answers the question for the archive and returns the path that was asked. */
function answerWith(status: number, body: object): () => string {
  let asked = '';
  agent
    .get('https://temporal.download')
    .intercept({ path: (path) => ((asked = path), true) })
    .reply(status, body);
  return () => asked;
}

it('asks for the pinned version for this system and unpacks the program', async () => {
  const inside = join(folder, 'release', 'bin');
  await mkdir(inside, { recursive: true });
  await writeFile(join(inside, 'temporal'), 'program');
  await execa('tar', ['-czf', join(folder, 'release.tar.gz'), '-C', join(folder, 'release'), '.']);
  const asked = answerWith(200, {
    archiveUrl: 'https://files.example/cli.tar.gz',
    fileToExtract: 'bin/temporal',
  });
  agent
    .get('https://files.example')
    .intercept({ path: '/cli.tar.gz' })
    .reply(200, await readFile(join(folder, 'release.tar.gz')));

  await downloadThrough(agent, TEMPORAL_CLI, target);

  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  expect(asked()).toBe(`/cli/v1.5.1?platform=${process.platform}&arch=${arch}&format=tar.gz`);
  expect(await readdir(target)).toEqual(['temporal']);
  expect(await readFile(join(target, 'temporal'), 'utf8')).toBe('program');
  expect((await stat(join(target, 'temporal'))).mode & 0o111).not.toBe(0);
});

it('reports the status of a host that has no such release', async () => {
  answerWith(404, { message: 'no such version' });
  await expect(downloadThrough(agent, TEMPORAL_CLI, target)).rejects.toThrow(
    'the host answered with status 404',
  );
});

it('does not take the page of a captive portal for a release', async () => {
  answerWith(200, { login: 'please' });
  await expect(downloadThrough(agent, TEMPORAL_CLI, target)).rejects.toThrow(
    'the host answered with something that is no download',
  );
});
