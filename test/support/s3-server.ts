import { type ChildProcess, spawn } from 'node:child_process';
import { access, cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { withFileLock } from '../../src/client/temporal-server/file-lock.js';
import { freePorts } from '../../src/client/temporal-server/ports.js';
import { cacheFolder } from '../../src/client/temporal-server/tools.js';
import type { S3Settings } from '../../src/storage/s3/s3-settings.js';

export const S3_CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'sluice-test',
  AWS_SECRET_ACCESS_KEY: 'sluice-test-secret',
};

export type S3Server = {
  readonly settings: S3Settings;
  /** Where the server keeps the objects of the bucket. */
  readonly folder: string;
  /** Ends the server and keeps what it holds; gives what starts it again at the same address. */
  breakDown(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
};

const VERSION = '1.8.0';

/**
 * The S3-compatible server that tests run against (Versity's gateway over a folder), built with Go once and kept in the
 * user's cache. Null, with the reason printed, on a machine where it cannot be had.
 */
export async function findS3Server(): Promise<string | null> {
  const named = process.env['SLUICE_S3_SERVER'];
  if (named !== undefined && named !== '') return named;
  const folder = join(cacheFolder(), `s3-server-${VERSION}`);
  const path = join(folder, 'versitygw');
  const isThere = (): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );
  if (await isThere()) return path;
  await mkdir(cacheFolder(), { recursive: true });
  try {
    await withFileLock(join(cacheFolder(), 's3-server.lock'), async () => {
      if (!(await isThere())) await build(folder);
    });
    return path;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    process.stderr.write(
      `No S3-compatible server can be had, so storage in S3 is NOT tested here (${reason}). Install Go, or set SLUICE_S3_SERVER to versitygw.\n`,
    );
    return null;
  }
}

async function build(folder: string): Promise<void> {
  process.stderr.write(
    `Building an S3-compatible server for tests, versitygw ${VERSION}, with Go (once; about 2 minutes)\n`,
  );
  const draft = await mkdtemp(`${folder}.`);
  try {
    const recipe = fileURLToPath(new URL('s3-server', import.meta.url));
    const module = join(draft, 'module');
    await cp(recipe, module, { recursive: true });
    const target = 'github.com/versity/versitygw/cmd/versitygw';
    await execa('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', join(draft, 'versitygw'), target], {
      cwd: module,
      env: { GOWORK: 'off' },
      timeout: 900_000,
    });
    await rm(module, { recursive: true });
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/** Starts the server on loopback with one empty bucket. Sets the AWS credentials of this process. */
export async function startS3Server(path: string): Promise<S3Server> {
  Object.assign(process.env, S3_CREDENTIALS);
  const root = await mkdtemp(join(tmpdir(), 'sluice-s3-'));
  const folder = join(root, 'data', 'bucket');
  await mkdir(folder, { recursive: true });
  await mkdir(join(root, 'meta'));
  const [port] = await freePorts(1);
  const args = ['--port', `127.0.0.1:${port}`, '--quiet', 'posix', '--sidecar', join(root, 'meta')];
  const start = (): ChildProcess =>
    spawn(path, [...args, join(root, 'data')], {
      stdio: 'ignore',
      env: {
        ...process.env,
        ROOT_ACCESS_KEY: S3_CREDENTIALS.AWS_ACCESS_KEY_ID,
        ROOT_SECRET_KEY: S3_CREDENTIALS.AWS_SECRET_ACCESS_KEY,
      },
    });
  const endpoint = `http://127.0.0.1:${port}`;
  let server = start();
  await untilItAnswers(server, endpoint);
  const kill = async (): Promise<void> => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    if (server.kill('SIGKILL')) await ended;
  };
  return {
    settings: { bucket: 'bucket', prefix: '', endpoint },
    folder,
    breakDown: async () => {
      await kill();
      return async () => {
        server = start();
        await untilItAnswers(server, endpoint);
      };
    },
    stop: async () => {
      await kill();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function untilItAnswers(server: ChildProcess, endpoint: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (server.exitCode !== null) throw new Error(`The S3 server ended with code ${server.exitCode}.`);
    // Any answer will do: without credentials it is a refusal.
    const isUp = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await delay(50);
  }
  throw new Error(`The S3 server does not answer at ${endpoint}.`);
}
