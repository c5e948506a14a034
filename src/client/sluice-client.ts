import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { type DataConverter, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { hasDeadline } from '../engine/deadline.js';
import { createRunInput } from '../engine/create-run-input.js';
import type { Plan } from '../engine/plan.js';
import type { Continuation } from '../engine/reuse.js';
import type { RunInput } from '../engine/run-input.js';
import type { JsonObject } from '../shared/json.js';
import { DEFAULT_TASK_QUEUE, PIPELINE_WORKFLOW } from '../shared/names.js';
import type { BlobStore } from '../storage/blob-store.js';
import { type ApprovalKeys, publicKeysFor } from './approvals/approval-keys.js';
import { Backfills } from './backfill/backfills.js';
import { type ApprovalFilter, type ApprovalItem, listApprovals } from './approvals/list-approvals.js';
import { ClientError } from './client-error.js';
import { expectedDurations } from './expected-durations.js';
import { compareRuns, type RunDiff } from './diff/compare-runs.js';
import { findRun } from './find-run.js';
import { isGrpc, messageOf, refusal } from './grpc-errors.js';
import { grpcInterceptors } from './grpc-interceptors.js';
import { RunHistory } from './history/run-history.js';
import { matchingRuns, type RunMatch } from './matching-runs.js';
import { Models } from './models/models.js';
import { type PoolStatus, readPools } from './pools.js';
import { admit } from './requirements.js';
import { type ContinuationPlan, type ContinueOptions, planContinuation } from './resume/plan-continuation.js';
import { readEarlierRun } from './resume/read-earlier-run.js';
import { RunHandle } from './run-handle.js';
import { requireNamespace } from './require-namespace.js';
import { priorityOf } from './run-priority.js';
import { newRunKey, workflowIdOf } from './run-id.js';
import { type ListFilter, listRuns, type RunListItem } from './run-list.js';
import { Schedules } from './schedules/schedules.js';
import { ensureSearchAttributes, searchAttributesCommand, searchAttributesOf } from './search-attributes.js';
import { detailsOf, memoOf, summaryOf } from './start-options.js';
import { hasWorker } from './task-queue.js';
import { shellWord } from '../shared/shell-word.js';

export type SluiceClientSettings = {
  /** @default { address: 'localhost:7233' } */
  readonly connectionOptions?: ConnectionOptions;
  /** @default "default" */
  readonly namespace?: string;
  /** The task queue that new runs go to. @default "sluice" */
  readonly taskQueue?: string;
  /** Must be the worker's, so that both find payloads in the same external storage. */
  readonly dataConverter?: DataConverter;
  /** Where stage logs are read from. */
  readonly store?: BlobStore;
  /** The Web UI's address, for links. */
  readonly uiUrl?: string;
  /** Secrets by the names of approvers; runs that it starts then take signed decisions only. */
  readonly approvalKeys?: ApprovalKeys;
  /** @default 5000 */
  readonly connectTimeoutMs?: number;
};

export type StartOptions = BeginOptions & {
  readonly inputs?: JsonObject;
  readonly mode?: string | null;
};

export type BeginOptions = {
  /** The part of the workflow ID after the pipeline's name. @default the time and a random suffix */
  readonly key?: string;
  /** Starts although something that the pipeline requires is missing or too old; the run records what. */
  readonly force?: boolean;
  /** 1 goes first, 5 goes last. @default the definition's */
  readonly priority?: number;
  /** Facts to keep beside the run, small and without secrets. */
  readonly memo?: Readonly<Record<string, string>>;
};

/** Starts runs and finds them again. Close it when done: it holds a connection. */
export class SluiceClient {
  readonly temporal: Client;
  readonly taskQueue: string;
  /** What past runs tell: lists, metrics, anomalies. */
  readonly history: RunHistory;
  readonly #settings: SluiceClientSettings;

  /** Over a connection that exists; {@link SluiceClient.connect} makes one. */
  constructor(
    temporal: Client,
    settings: Omit<SluiceClientSettings, 'connectionOptions' | 'connectTimeoutMs'> = {},
  ) {
    this.temporal = temporal;
    this.history = new RunHistory(temporal);
    this.taskQueue = settings.taskQueue ?? DEFAULT_TASK_QUEUE;
    this.#settings = settings;
  }

  /** Connects. Throws `temporal_unreachable` within the time limit, `temporal` when there is no such namespace. */
  static async connect(settings: SluiceClientSettings = {}): Promise<SluiceClient> {
    const { connectionOptions = {}, namespace, dataConverter, connectTimeoutMs = 5000 } = settings;
    const connection = await connect({ ...connectionOptions, connectTimeout: connectTimeoutMs });
    const temporal = new Client({
      connection,
      ...(namespace === undefined ? {} : { namespace }),
      ...(dataConverter === undefined ? {} : { dataConverter }),
    });
    await requireNamespace(temporal);
    return new SluiceClient(temporal, settings);
  }

  /**
   * Starts a run. Throws `invalid_inputs`, `requirements_not_met`, or `run_exists` when a run with the same key goes
   * on; the key of a run that ended may be used again.
   */
  async start(plan: Plan, options: StartOptions = {}): Promise<RunHandle> {
    const keys = publicKeysFor(plan, this.#settings.approvalKeys);
    const input = checkedInput(plan, options);
    return this.#begin(keys === undefined ? input : { ...input, approval_keys: keys }, options);
  }

  /**
   * Plans a run that goes on where an earlier one ended (`resume`), begins at a stage of it (`fork`), or repeats it
   * (`rerun`). Nothing is started; {@link SluiceClient.begin} does exactly what the plan says.
   */
  async plan(how: Continuation, run: RunHandle, options: ContinueOptions = {}): Promise<ContinuationPlan> {
    const { store, approvalKeys } = this.#settings;
    const deps = { client: this.temporal, store, approvalKeys };
    return this.#asking(() => planContinuation(deps, run, { ...options, how }));
  }

  /** Starts a run that was planned. Throws what {@link SluiceClient.start} throws. */
  async begin(plan: ContinuationPlan, options: BeginOptions = {}): Promise<RunHandle> {
    const force = options.force === true || plan.input.forced === true;
    return this.#begin(force ? { ...plan.input, forced: true } : plan.input, { ...options, force });
  }

  /** Where two runs differ, stage by stage. */
  async diff(first: RunHandle, second: RunHandle): Promise<RunDiff> {
    const read = (run: RunHandle) => readEarlierRun(this.temporal, run, 'diff');
    return this.#asking(async () => compareRuns(await read(first), await read(second)));
  }

  async #begin(request: RunInput, options: BeginOptions): Promise<RunHandle> {
    const { pipeline } = request.plan;
    const input = await this.#asking(async () => {
      const { connection, options: settings } = this.temporal;
      const admitted = await admit(this.temporal, request, { force: options.force === true });
      await ensureSearchAttributes(connection, settings.namespace);
      return admitted;
    });
    const workflowId = workflowIdOf(pipeline, options.key ?? newRunKey(new Date()));
    const isDue = hasDeadline(input.plan);
    const expected = isDue ? { expected_ms: await expectedDurations(this.temporal, pipeline) } : {};
    const runId = await this.#startWorkflow(workflowId, { ...input, ...expected }, options);
    return this.handle(workflowId, runId);
  }

  /** Runs of a pipeline for every window of a range of time. */
  get backfills(): Backfills {
    return new Backfills(this.temporal, this.taskQueue);
  }

  /** The run that a workflow ID, a run ID or a pipeline's name stands for. Throws `run_not_found`. */
  async find(run: string): Promise<RunHandle> {
    const { workflowId, runId } = await this.#asking(() => findRun(this.temporal, run));
    return this.handle(workflowId, runId);
  }

  /** A run whose IDs are known. Nothing is asked until the handle is used. */
  handle(workflowId: string, runId: string): RunHandle {
    const { store, uiUrl, approvalKeys } = this.#settings;
    const deps = {
      client: this.temporal,
      ...(store === undefined ? {} : { store }),
      ...(uiUrl === undefined ? {} : { uiUrl }),
      ...(approvalKeys === undefined ? {} : { approvalKeys }),
    };
    return new RunHandle(deps, { workflowId, runId });
  }

  /** Runs, latest start first. */
  async list(filter: ListFilter = {}): Promise<readonly RunListItem[]> {
    return this.#asking(() => listRuns(this.temporal, filter));
  }

  /** The running runs that match, at most 1,000, latest start first; child runs are left to their parents. */
  async matching(match: RunMatch): Promise<readonly RunListItem[]> {
    return matchingRuns(this.temporal, match);
  }

  /** All that waits for approval, over all runs, the longest wait first. */
  async approvals(filter: ApprovalFilter = {}): Promise<readonly ApprovalItem[]> {
    return this.#asking(() => listApprovals(this.temporal, filter));
  }

  /** How pools stand: one, or those that are `configured` and all that are in use. */
  async pools(options: Parameters<typeof readPools>[1] = {}): Promise<readonly PoolStatus[]> {
    return this.#asking(() => readPools(this.temporal, options));
  }

  /** The schedules of pipelines. */
  get schedules(): Schedules {
    const { approvalKeys } = this.#settings;
    return new Schedules({ client: this.temporal, taskQueue: this.taskQueue, approvalKeys });
  }

  /** The models of the namespace. Needs the store. */
  get models(): Models {
    return new Models({ client: this.temporal, taskQueue: this.taskQueue, store: this.#settings.store });
  }

  /** True when a worker polls the task queue that new runs go to. */
  async hasWorker(): Promise<boolean> {
    return hasWorker(this.temporal, this.taskQueue);
  }

  async close(): Promise<void> {
    await this.temporal.connection.close();
  }

  async #asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw refusal(error, this.temporal.options.namespace);
    }
  }

  async #startWorkflow(
    workflowId: string,
    input: RunInput,
    { memo, priority }: BeginOptions,
  ): Promise<string> {
    const { namespace } = this.temporal.options;
    try {
      const handle = await this.temporal.workflow.start(PIPELINE_WORKFLOW, {
        workflowId,
        taskQueue: this.taskQueue,
        args: [input],
        // A key may be used again once its run has ended, never while it goes on.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        typedSearchAttributes: searchAttributesOf(input),
        memo: { ...memoOf(input), ...memo },
        priority: priorityOf(input, priority),
        staticSummary: summaryOf(input),
        staticDetails: detailsOf(input),
      });
      return handle.firstExecutionRunId;
    } catch (error) {
      throw startError(error, workflowId, namespace);
    }
  }
}

async function connect(options: ConnectionOptions): Promise<Connection> {
  try {
    return await Connection.connect({ interceptors: grpcInterceptors(), ...options });
  } catch (error) {
    const address = options.address ?? 'localhost:7233';
    throw new ClientError(
      'temporal_unreachable',
      `No Temporal server answers at ${address}: ${messageOf(error)}`,
      {
        hint: 'Check TEMPORAL_ADDRESS and the profile, or unset them to use a local server. `sluice dev` starts one; `sluice doctor` says more.',
        cause: error,
      },
    );
  }
}

function checkedInput(plan: Plan, options: StartOptions): RunInput {
  const { inputs = {}, mode = null, force = false } = options;
  const made = createRunInput(plan, { inputs, mode, forced: force });
  if ('input' in made) return made.input;
  throw new ClientError(
    'invalid_inputs',
    `Pipeline "${plan.pipeline}" cannot start: ${made.problems.join('; ')}.`,
    {
      hint: 'Give inputs with -i NAME=VALUE or --input-file FILE. `sluice plan` shows what the pipeline takes.',
    },
  );
}

function startError(error: unknown, workflowId: string, namespace: string): unknown {
  if (error instanceof WorkflowExecutionAlreadyStartedError) {
    return new ClientError('run_exists', `A run with the ID "${workflowId}" is running already.`, {
      hint: `Watch it with: sluice watch ${shellWord(workflowId)}. Or give another key with --id.`,
      cause: error,
    });
  }
  if (isGrpc(error, 'INVALID_ARGUMENT') && /search attribute/i.test(messageOf(error))) {
    return new ClientError(
      'search_attributes',
      `Temporal refused the run's search attributes: ${messageOf(error)}`,
      {
        hint: `If they were added a moment ago, try again in a minute. Otherwise run: ${searchAttributesCommand(namespace)}`,
        cause: error,
      },
    );
  }
  return error;
}
