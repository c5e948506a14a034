import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { createDataConverter } from '../../../storage/external-storage-driver.js';
import type { BlobStore } from '../../../storage/blob-store.js';
import { createStore } from '../../../storage/create-store.js';
import { DEFAULT_TASK_QUEUE } from '../../../shared/names.js';
import { loadConfig, type LoadedConfig } from '../../../worker/config.js';
import { projectTag, workerIdentity } from '../../../worker/identity.js';
import { refusal } from '../../grpc-errors.js';
import type { RunHandle } from '../../run-handle.js';
import { isBackfillId } from '../../backfill/backfill-id.js';
import { SluiceClient } from '../../sluice-client.js';
import type { ApprovalKeys } from '../../approvals/approval-keys.js';
import type { CliContext } from '../context.js';
import { readApprovalKeys } from './read-approval-keys.js';
import type { ConnectionFlags } from './connection-options.js';
import { findServer, type FoundServer } from './find-server.js';
import { hasLastingWorker, projectWorkers } from './project-workers.js';

/** Where a run on a server of this machine keeps the folder of its configuration. */
export const PROJECT_MEMO = 'project';

export type SessionOptions = {
  readonly flags: ConnectionFlags;
  /** @default the configuration of the current folder */
  readonly config?: LoadedConfig;
  /** True for commands that start a run: an embedded server is created when there is no other. */
  readonly mayCreate?: boolean;
};

/** A command's connection to Temporal, with whatever it had to start for it. Close it at the end. */
export class Session {
  readonly server: FoundServer;
  #client: SluiceClient;
  #config: LoadedConfig;
  readonly #stops: (() => Promise<void>)[] = [];
  /** Task queues that workers of this session serve. */
  readonly #served = new Set<string>();
  readonly #approvalKeys: ApprovalKeys | undefined;

  private constructor(
    client: SluiceClient,
    config: LoadedConfig,
    server: FoundServer,
    approvalKeys: ApprovalKeys | undefined,
  ) {
    this.#approvalKeys = approvalKeys;
    this.#client = client;
    this.#config = config;
    this.server = server;
    this.#stops.push(() => server.release());
  }

  /** Finds a server, starts an embedded one where that is allowed, and connects. */
  static async open(cli: CliContext, options: SessionOptions): Promise<Session> {
    const approvalKeys = readApprovalKeys(cli);
    const home = await loadConfig(cli.cwd);
    const { flags, config = home, mayCreate = false } = options;
    const server = await findServer(cli, { flags, home: home.projectDir, mayCreate });
    try {
      const { connectionOptions, namespace } = server.settings;
      const client = await SluiceClient.connect({
        connectionOptions,
        namespace,
        ...clientSettings(config, server, approvalKeys),
      });
      const session = new Session(client, config, server, approvalKeys);
      session.#stops.push(() => client.close());
      return session;
    } catch (error) {
      await server.release();
      throw error;
    }
  }

  get client(): SluiceClient {
    return this.#client;
  }

  /** The store of the run at hand: its payloads, logs and artifacts. */
  get store(): BlobStore {
    return createStore(this.#config.storage);
  }

  /** The configuration that the run at hand belongs to. */
  get config(): LoadedConfig {
    return this.#config;
  }

  /**
   * The run that a person means. A run that was started on this machine for another folder brings that folder's
   * configuration with it, so that its log, its big values and its stage functions are found.
   */
  async find(run: string): Promise<RunHandle> {
    const handle = await this.#client.find(run);
    if (this.server.kind === 'configured') return handle;
    const project = (await handle.describe()).memo?.[PROJECT_MEMO];
    if (typeof project !== 'string' || project === this.#config.projectDir || !existsSync(project))
      return handle;
    this.#config = await loadConfig(project);
    const { connection, options } = this.#client.temporal;
    const settings = clientSettings(this.#config, this.server, this.#approvalKeys);
    const temporal = new Client({
      connection,
      namespace: options.namespace,
      dataConverter: settings.dataConverter,
    });
    this.#client = new SluiceClient(temporal, settings);
    return this.#client.handle(handle.workflowId, handle.runId);
  }

  /** True when runs of this session end with it, because its worker does. */
  get hasOwnWorker(): boolean {
    return this.#served.size > 0;
  }

  /** True when a worker that lasts polls a task queue and fits this project. */
  async hasWorker(taskQueue = this.#client.taskQueue): Promise<boolean> {
    const { temporal } = this.#client;
    // Workers of a configured server were put there on purpose, from whatever folder.
    if (this.server.kind === 'configured') return hasLastingWorker(temporal, taskQueue);
    return (await projectWorkers(temporal, taskQueue, this.#config.projectDir)).hasLasting;
  }

  /**
   * Sees to it that somebody does the work of new runs on a server of this machine: starts a worker in this process
   * unless one polls already. Never does so on a server that somebody configured; true when a worker is there in the
   * end. Where another project's workers would take the stages, new runs go to a queue of this project's own.
   */
  async ensureWorker(): Promise<boolean> {
    const { temporal, taskQueue } = this.#client;
    if (this.server.kind === 'configured') return this.hasWorker();
    const { projectDir } = this.#config;
    const { hasLasting, hasForeign } = await projectWorkers(temporal, taskQueue, projectDir);
    if (hasLasting) return true;
    if (this.#served.has(taskQueue)) return true;
    const isShared = hasForeign && taskQueue === DEFAULT_TASK_QUEUE;
    await this.#startWorker(isShared ? `${taskQueue}-${projectTag(projectDir)}` : taskQueue);
    return true;
  }

  /** Sees to it that somebody does the work of a run that was started before, like {@link Session.ensureWorker}. */
  async ensureWorkerOf({ taskQueue }: { readonly taskQueue: string }): Promise<boolean> {
    if (await this.hasWorker(taskQueue)) return true;
    if (this.server.kind === 'configured') return false;
    if (!this.#served.has(taskQueue)) await this.#startWorker(taskQueue);
    return true;
  }

  /** Makes ready to follow a run: somebody has to do its work, and to answer for it. Warns when nobody does. */
  async prepareFor(run: RunHandle, cli: CliContext): Promise<void> {
    const description = await run.describe();
    if (description.closeTime !== undefined) return;
    if (!(await this.ensureWorkerOf(description))) warnOfNoWorker(cli, description.taskQueue);
  }

  /** Waits for the end of a run that was asked to end, where it would be left without server or worker otherwise. */
  async letItEnd(run: RunHandle, cli: CliContext): Promise<void> {
    const description = await run.describe();
    if (this.server.kind === 'configured' || (await this.hasWorker(description.taskQueue))) return;
    await this.ensureWorkerOf(description);
    const result = isBackfillId(run.workflowId)
      ? await this.#client.backfills.handle(run).ended()
      : await run.result({ signal: cli.interruption() });
    cli.note(`"${run.workflowId}" has ended: ${result.status.replace('_', ' ')}.`);
  }

  /** Stops what this session started, the last first. */
  async close(): Promise<void> {
    for (const stop of this.#stops.toReversed()) await stop();
    this.#stops.length = 0;
  }

  async #startWorker(taskQueue: string): Promise<void> {
    const [{ startWorker }, { destination, pino }] = await Promise.all([
      import('../../../worker/create-worker.js'),
      import('pino'),
    ]);
    const config = this.#config;
    const log = join(config.projectDir, '.sluice', 'worker.log');
    const worker = await startWorker({
      connectionSettings: this.server.settings,
      identity: workerIdentity(config.projectDir, { isPassing: true }),
      taskQueue,
      // The health endpoint belongs to workers that stay.
      config: { ...config, worker: { ...config.worker, httpPort: undefined } },
      log: pino({ level: 'info' }, destination({ dest: log, mkdir: true, sync: true })),
    });
    this.#served.add(taskQueue);
    this.#client = new SluiceClient(this.#client.temporal, {
      ...clientSettings(config, this.server, this.#approvalKeys),
      taskQueue,
    });
    this.#stops.push(() => worker.stop());
  }
}

/** Told when a run was handed to a server where nobody works. */
export function warnOfNoWorker(cli: CliContext, taskQueue: string): void {
  const { yellow } = cli.colours.stderr;
  cli.note(
    yellow(
      `No worker polls task queue "${taskQueue}"; start one with "sluice worker". The run waits until then.`,
    ),
  );
}

function clientSettings(config: LoadedConfig, server: FoundServer, approvalKeys: ApprovalKeys | undefined) {
  const store = createStore(config.storage);
  return {
    store,
    dataConverter: createDataConverter(store),
    taskQueue: config.taskQueue,
    ...(server.uiUrl === undefined ? {} : { uiUrl: server.uiUrl }),
    ...(approvalKeys === undefined ? {} : { approvalKeys }),
  };
}

/** Opens a session, works with it, and closes it whatever happens. */
export async function withSession<T>(
  cli: CliContext,
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await Session.open(cli, options);
  try {
    return await work(session);
  } catch (error) {
    throw refusal(error, session.client.temporal.options.namespace);
  } finally {
    await session.close();
  }
}
