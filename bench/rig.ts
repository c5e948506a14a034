import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { defineStage, z } from '../src/index.js';
import { SluiceClient } from '../src/client/index.js';
import { startEmbeddedServer } from '../src/client/temporal-server/embedded-server.js';
import { loadDefinitionText } from '../src/definition/load.js';
import type { Plan } from '../src/engine/plan.js';
import { createDataConverter } from '../src/storage/external-storage-driver.js';
import { createStore } from '../src/storage/create-store.js';
import { completeConfig } from '../src/worker/config.js';
import { startWorker } from '../src/worker/create-worker.js';
import { workerOptions } from '../src/worker/worker-options.js';

/** One server, a Sluice worker and a worker with hand-written workflows, all with the same settings. */
export type BenchRig = {
  readonly sluice: SluiceClient;
  readonly temporal: Client;
  /** When stages that call `turn` began and ended. */
  readonly turns: Array<{ readonly started: number; readonly ended: number }>;
  readonly plan: (definition: object) => Promise<Plan>;
  readonly close: () => Promise<void>;
};

export const RAW_QUEUE = 'raw';

/** Workflows by hand whose worker keeps large payloads in external storage, as Sluice's does. */
export const RAW_STORE_QUEUE = 'raw-store';

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
  const turns: BenchRig['turns'] = [];
  const turn = defineStage({
    name: 'turn',
    params: z.object({ ms: z.number() }),
    output: z.null(),
    run: async ({ params }) => {
      const started = performance.now();
      await delay(params.ms);
      turns.push({ started, ended: performance.now() });
      return null;
    },
  });
  const config = completeConfig(
    { stages: [noop, turn], pools: { one: { slots: 1 } }, worker: { slots: { activities: 1_000 } } },
    { file: null, projectDir: dir },
  );
  const connectionSettings = {
    connectionOptions: { address: server.address },
    namespace: server.namespace,
    configured: true,
  };
  const sluiceWorker = await startWorker({ connectionSettings, config, log });
  const dataConverter = createDataConverter(createStore(config.storage));
  const connection = await NativeConnection.connect({ address: server.address });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('raw-workflows.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  const byHand = {
    ...workerOptions(config.worker),
    connection,
    namespace: server.namespace,
    workflowBundle,
    activities: { noop: async () => null },
  };
  const rawWorkers = [
    await Worker.create({ ...byHand, taskQueue: RAW_QUEUE }),
    await Worker.create({ ...byHand, taskQueue: RAW_STORE_QUEUE, dataConverter }),
  ];
  const rawRunning = rawWorkers.map((worker) => worker.run());
  const sluice = await SluiceClient.connect({
    connectionOptions: { address: server.address },
    dataConverter,
  });
  return {
    sluice,
    turns,
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
      for (const worker of rawWorkers) worker.shutdown();
      await Promise.all([...rawRunning, sluiceWorker.stop()]);
      await connection.close();
      await server.release();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
