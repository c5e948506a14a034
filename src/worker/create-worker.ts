import { Client } from '@temporalio/client';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { pino, type Logger } from 'pino';
import { createDeliverAlert } from '../activities/alerts/deliver-alert.js';
import { createActivities } from '../activities/create-activities.js';
import { builtInStages } from '../activities/models/built-in-stages.js';
import { createModelActivities } from '../activities/models/model-activities.js';
import type { Environment } from '../activities/secrets.js';
import { ACTIVITY } from '../shared/names.js';
import { createDataConverter } from '../storage/external-storage-driver.js';
import { createStore } from '../storage/create-store.js';
import { protobufCopies } from '../storage/protobuf-copies.js';
import type { LoadedConfig } from './config.js';
import { connectWorker } from './connect-worker.js';
import type { ConnectionSettings } from './connection.js';
import { createFindOutput } from './find-output.js';
import { createFindRuns } from './find-runs.js';
import { startHealthServer } from './health-server.js';
import { TemporalModels } from './models/temporal-models.js';
import { createPoolCheck } from './pool-check.js';
import { createRequirementCheck } from './requirement-check.js';
import { createRunEnd } from './run-end.js';
import { createPrometheusMetrics } from './prometheus-metrics.js';
import { reportWorker } from './health/report-worker.js';
import { parseWorkerIdentity, workerIdentity } from './identity.js';
import { registerStoreOwner } from './register-owner.js';
import type { HealthDeps } from './health/gather-health.js';
import { healthAnswers } from './health/health-answer.js';
import { look, readHealth } from './health/look.js';
import { installRuntime } from './runtime.js';
import { createStageThreadPool, type StageThreadPool } from './stage-thread-pool.js';
import { workerOptions } from './worker-options.js';
import { bundleWithoutStacks, workflowBundlePath } from './workflow-bundle.js';

export type StartWorkerOptions = {
  readonly connectionSettings: ConnectionSettings;
  readonly config: LoadedConfig;
  /** @default the configuration's */
  readonly taskQueue?: string;
  /** Shown by Temporal. @default process ID, host and project */
  readonly identity?: string;
  /** @default the bundle built with the package */
  readonly workflowBundlePath?: string;
  /** @default JSON lines on standard output, at the configuration's level */
  readonly log?: Logger;
  /** What stages read their secrets and their environment from. @default process.env */
  readonly env?: Environment;
};

export interface RunningWorker {
  readonly taskQueue: string;
  /** Where the health endpoint listens; null when it is off. */
  readonly healthUrl: string | null;
  /** Takes no more work, lets stages end within the grace, then tells them to stop. Safe to call twice. */
  stop(): Promise<void>;
  /** Ends when the worker has stopped; rejects when it failed. */
  readonly done: Promise<void>;
}

/** Starts a worker in this process. Throws when Temporal cannot be reached or a port is taken. */
export async function startWorker(options: StartWorkerOptions): Promise<RunningWorker> {
  const { config, connectionSettings } = options;
  const log = options.log ?? pino({ level: config.worker.logLevel });
  installRuntime({ log, temporalMetricsPort: config.worker.temporalMetricsPort });
  warnOfProtobufCopies(log);
  const { registry, metrics } = createPrometheusMetrics();
  let worker: Worker | undefined;
  const closers: Array<() => Promise<void>> = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  try {
    const connection = await connectWorker(connectionSettings);
    closers.push(() => connection.close());
    const deps = healthDeps(connection, options);
    const health = await serveHealth(deps, config, { registry, state: () => worker?.getState() });
    if (health !== null) closers.push(() => health.close());
    const threads = stageThreads(options);
    if (threads !== undefined) closers.push(() => threads.close());
    worker = await createWorker(connection, metrics, { ...options, log, threads, deps });
    closers.push(reports(options, log));
    return running(worker, { healthUrl: health?.url ?? null, closeAll, options, log });
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** A worker that ends with the command that started it is not missed, so it says nothing of itself. */
function reports({ config, connectionSettings, identity, taskQueue }: StartWorkerOptions, log: Logger) {
  const name = identity ?? workerIdentity(config.projectDir);
  if (parseWorkerIdentity(name).isPassing) return () => Promise.resolve();
  const place = {
    identity: name,
    taskQueue: taskQueue ?? config.taskQueue,
    startedAt: new Date(),
    folder: 'folder' in config.storage ? config.storage.folder : config.projectDir,
  };
  return reportWorker(createStore(config.storage), connectionSettings.namespace, place, log);
}

type WithLog = StartWorkerOptions & {
  readonly log: Logger;
  readonly threads: StageThreadPool | undefined;
  readonly deps: HealthDeps;
};

function healthDeps(
  connection: NativeConnection,
  { config, connectionSettings, env = process.env }: StartWorkerOptions,
): HealthDeps {
  const { stages, projectDir, storage } = config;
  const client = new Client({ connection, namespace: connectionSettings.namespace });
  return { client, config, store: createStore(storage), stages, projectDir, env };
}

function stageThreads({ config, env }: StartWorkerOptions): StageThreadPool | undefined {
  return config.file === null ? undefined : createStageThreadPool(config.file, env ?? process.env);
}

async function createWorker(
  connection: NativeConnection,
  metrics: ReturnType<typeof createPrometheusMetrics>['metrics'],
  options: WithLog,
): Promise<Worker> {
  const { config, connectionSettings, log, deps } = options;
  const { namespace } = connectionSettings;
  const { client, store, stages, projectDir, env } = deps;
  void registerStoreOwner(store, connection, connectionSettings, log);
  const codePath = options.workflowBundlePath ?? (await workflowBundlePath());
  const dataConverter = createDataConverter(store);
  const findRuns = createFindRuns(connection, namespace);
  const taskQueue = options.taskQueue ?? config.taskQueue;
  const modelClient = new Client({ connection, namespace, dataConverter });
  const models = new TemporalModels({ client: modelClient, taskQueue, store });
  return Worker.create({
    ...workerOptions(config.worker),
    identity: options.identity ?? workerIdentity(config.projectDir),
    connection,
    namespace,
    taskQueue,
    workflowBundle: log.isLevelEnabled('debug') ? { codePath } : await bundleWithoutStacks(codePath),
    dataConverter,
    activities: {
      [ACTIVITY.requirementCheck]: createRequirementCheck(client),
      [ACTIVITY.poolCheck]: createPoolCheck(client),
      [ACTIVITY.runEnd]: createRunEnd(client),
      [ACTIVITY.health]: () => look(deps),
      [ACTIVITY.alert]: createDeliverAlert({ channels: config.channels, store, log, env, projectDir }),
      ...createModelActivities(store),
      ...createActivities({
        stages: new Map([...builtInStages(() => models), ...stages]),
        store,
        log,
        metrics,
        env,
        projectDir,
        ...(config.hooks === undefined ? {} : { hooks: config.hooks }),
        findRuns,
        findOutput: createFindOutput(connection, namespace, { dataConverter, store }),
        ...(options.threads === undefined ? {} : { threads: options.threads }),
      }),
    },
  });
}

function warnOfProtobufCopies(log: Logger): void {
  const copies = protobufCopies();
  if (copies.size <= 1) return;
  const message =
    'Large payloads will fail: the Temporal SDK uses several copies of protobufjs. Run "npm install protobufjs@8" in the project.';
  log.warn({ copies: Object.fromEntries(copies) }, message);
}

type State = ReturnType<Worker['getState']>;

async function serveHealth(
  deps: HealthDeps,
  config: LoadedConfig,
  worker: {
    readonly registry: ReturnType<typeof createPrometheusMetrics>['registry'];
    readonly state: () => State | undefined;
  },
): Promise<Awaited<ReturnType<typeof startHealthServer>> | null> {
  const { httpPort, httpHost } = config.worker;
  if (httpPort === undefined) return null;
  return startHealthServer({
    host: httpHost,
    port: httpPort,
    registry: worker.registry,
    isAlive: () => worker.state() !== 'FAILED',
    isReady: () => worker.state() === 'RUNNING',
    pipelines: healthAnswers(() => readHealth(deps)),
  });
}

function running(
  worker: Worker,
  context: {
    readonly healthUrl: string | null;
    readonly closeAll: () => Promise<void>;
    readonly options: StartWorkerOptions;
    readonly log: Logger;
  },
): RunningWorker {
  const { healthUrl, closeAll, options, log } = context;
  const { taskQueue } = worker.options;
  const done = runUntilStopped(worker, closeAll);
  // Whoever does not look at `done` must not be ended by an unhandled rejection.
  done.catch((error: unknown) => log.error({ err: error, taskQueue }, 'The worker failed'));
  const { connectionOptions, namespace } = options.connectionSettings;
  log.info({ taskQueue, namespace, address: connectionOptions.address, healthUrl }, 'Worker started');
  return {
    taskQueue,
    healthUrl,
    done,
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await done.catch(() => undefined);
    },
  };
}

async function runUntilStopped(worker: Worker, closeAll: () => Promise<void>): Promise<void> {
  try {
    await worker.run();
  } finally {
    await closeAll();
  }
}
