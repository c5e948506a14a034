import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { completeConfig } from '../src/worker/config.js';
import { workerOptions } from '../src/worker/worker-options.js';

// A worker process of its own for the hand-written fan-out, with the settings of Sluice's: ADDRESS TASK_QUEUE.

const [, , address = '', taskQueue = ''] = process.argv;
const logger = new DefaultLogger('ERROR');
Runtime.install({ logger });
const config = completeConfig(
  { worker: { slots: { activities: 1_000 } } },
  { file: null, projectDir: process.cwd() },
);
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  ...workerOptions(config.worker),
  connection,
  taskQueue,
  workflowBundle: await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('raw-map-workflows.ts', import.meta.url)),
    logger,
  }),
  activities: {
    noop: async () => null,
    noopAll: async ({ items }: { readonly items: readonly number[] }) => items.map(() => null),
  },
});
await worker.run();
