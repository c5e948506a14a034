import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { SluiceClient } from '../../src/client/index.js';
import { ensureTemporalCli } from '../../src/client/temporal-server/locate.js';
import { compileDefinition } from '../../src/definition/compile.js';
import type { Plan } from '../../src/engine/plan.js';
import type { BlobStore } from '../../src/storage/blob-store.js';
import { createStore } from '../../src/storage/create-store.js';
import { startDevServer } from '../../src/testing/start-server.js';
import {
  completeConfig,
  createDataConverter,
  type RunningWorker,
  startWorker,
} from '../../src/worker/index.js';

type Config = Parameters<typeof completeConfig>[0];

/** A project in a folder of its own, with a dev server, a worker in this process and a client on one store. */
export type DevProject = {
  readonly folder: string;
  readonly store: BlobStore;
  readonly server: TestWorkflowEnvironment;
  readonly client: SluiceClient;
  readonly worker: RunningWorker;
  readonly close: () => Promise<void>;
};

export async function startDevProject(config: Config): Promise<DevProject> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-project-'));
  const { path } = await ensureTemporalCli();
  const server = await startDevServer(path, { log: { format: 'json', level: 'error' } });
  const namespace = server.namespace ?? 'default';
  const connectionOptions = { address: server.address };
  const complete = completeConfig(config, { file: null, projectDir: folder });
  const store = createStore(complete.storage);
  const dataConverter = createDataConverter(store);
  const client = await SluiceClient.connect({ connectionOptions, namespace, dataConverter, store });
  const worker = await startWorker({
    connectionSettings: { connectionOptions, namespace, configured: true },
    config: complete,
    log: pino({ level: 'silent' }),
  });
  const close = async (): Promise<void> => {
    await worker.stop();
    await client.close();
    await server.teardown();
    await rm(folder, { recursive: true, force: true });
  };
  return { folder, store, server, client, worker, close };
}

/** The plan of a definition that must be right. */
export function compiled(definition: object): Plan {
  const { plan, problems } = compileDefinition(definition, { catalog: null, env: {} });
  if (plan === null) throw new Error(problems.map(({ message }) => message).join('\n'));
  return plan;
}
