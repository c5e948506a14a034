import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { defineStage, z } from '../src/index.js';
import { SluiceClient } from '../src/client/index.js';
import { startEmbeddedServer } from '../src/client/temporal-server/embedded-server.js';
import { loadDefinitionText } from '../src/definition/load.js';
import type { Plan } from '../src/engine/plan.js';
import { createDataConverter } from '../src/storage/external-storage-driver.js';
import { createFolderStore } from '../src/storage/folder-store.js';
import { completeConfig } from '../src/worker/config.js';
import { startWorker } from '../src/worker/create-worker.js';
import { workerOptions } from '../src/worker/worker-options.js';

/** One server, a Sluice worker and a worker with hand-written workflows, all with the same settings. */
export type BenchRig = {
  readonly sluice: SluiceClient;
  readonly temporal: Client;
  readonly plan: (definition: object) => Promise<Plan>;
  readonly close: () => Promise<void>;
};

export const RAW_QUEUE = 'raw';

export async function startRig(): Promise<BenchRig> {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const server = await startEmbeddedServer({ dir, headless: true });
  const log = pino({ level: 'silent' });
  const noop = defineStage({
    name: 'noop',
    params: z.object({ index: z.number() }),
    output: z.null(),
    run: () => null,
  });
  const config = completeConfig(
    { stages: [noop], worker: { slots: { activities: 1_000 } } },
    { file: null, projectDir: dir },
  );
  const connectionSettings = {
    connectionOptions: { address: server.address },
    namespace: server.namespace,
    configured: true,
  };
  const sluiceWorker = await startWorker({ connectionSettings, config, log });
  const connection = await NativeConnection.connect({ address: server.address });
  const rawWorker = await Worker.create({
    ...workerOptions(config.worker),
    connection,
    namespace: server.namespace,
    taskQueue: RAW_QUEUE,
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('raw-workflows.ts', import.meta.url)),
    }),
    activities: { noop: async () => null },
  });
  const rawRunning = rawWorker.run();
  const sluice = await SluiceClient.connect({
    connectionOptions: { address: server.address },
    dataConverter: createDataConverter(createFolderStore(config.storageFolder)),
  });
  return {
    sluice,
    temporal: new Client({ connection: sluice.temporal.connection }),
    plan: async (definition) => {
      const text = JSON.stringify(definition);
      const { plan, problems } = await loadDefinitionText(text, {
        catalog: config.catalog,
        env: {},
        file: 'bench.json',
      });
      if (plan === null) throw new Error(problems.map((problem) => problem.message).join('\n'));
      return plan;
    },
    close: async () => {
      await sluice.close();
      rawWorker.shutdown();
      await Promise.all([rawRunning, sluiceWorker.stop()]);
      await connection.close();
      await server.release();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
