import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { SluiceClient } from '../../src/client/index.js';
import { startEmbeddedServer } from '../../src/client/temporal-server/embedded-server.js';

const CLI = fileURLToPath(new URL('../../dist/client/cli/main.js', import.meta.url));

export type KillableWorker = {
  readonly client: SluiceClient;
  /** The file in which the stages of the project note what they do. */
  readonly book: string;
  /** Kills the worker process and starts the next one. */
  readonly kill: () => Promise<void>;
  /** Kills the server; it is started again by itself. */
  readonly killServer: () => void;
  readonly address: string;
  readonly close: () => Promise<void>;
};

type Options = {
  /** Folder of the project below test/e2e/fixtures. */
  readonly project: string;
  readonly taskQueue: string;
  /** Environment variable that tells the stages where the book is. */
  readonly bookVariable: string;
};

/** A server of its own and a worker in a process of its own, which can be killed at any moment. */
export async function startKillableWorker(options: Options): Promise<KillableWorker> {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-killable-'));
  const book = join(dir, 'book');
  await writeFile(book, '');
  const server = await startEmbeddedServer({ dir, headless: true });
  const client = await SluiceClient.connect({
    connectionOptions: { address: server.address },
    taskQueue: options.taskQueue,
  });
  const spawn = () =>
    execa('node', [CLI, 'worker', '--address', server.address], {
      cwd: fileURLToPath(new URL(`../e2e/fixtures/${options.project}`, import.meta.url)),
      env: { [options.bookVariable]: book },
      reject: false,
    });
  let worker = spawn();
  return {
    client,
    book,
    kill: async () => {
      worker.kill('SIGKILL');
      await worker;
      worker = spawn();
    },
    killServer: () => void process.kill(server.pid, 'SIGKILL'),
    address: server.address,
    close: async () => {
      worker.kill('SIGKILL');
      await client.close();
      await server.release();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
