import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { WorkflowHandle } from '@temporalio/client';
import { createRunInput, type RunRequest } from '../../src/engine/create-run-input.js';
import type { Plan } from '../../src/engine/plan.js';
import type { RunInput } from '../../src/engine/run-input.js';
import type { RunResult } from '../../src/engine/result.js';
import { ensureTemporalCli, ensureTestServer } from '../../src/client/temporal-server/locate.js';
import { PIPELINE_WORKFLOW } from '../../src/shared/names.js';
import type { StageTask, TaskResult } from '../../src/shared/task.js';
import { ClockKeeper } from '../../src/testing/clock-keeper.js';
import { startDevServer, startTimeSkippingServer } from '../../src/testing/start-server.js';
import { resultOf } from './result-of.js';
import { workflowBundlePath } from '../../src/worker/workflow-bundle.js';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

export type FakeStage = (task: StageTask) => Promise<TaskResult> | TaskResult;

Runtime.install({ logger: new DefaultLogger('ERROR') });

export type RigOptions = {
  /**
   * The worker remembers no run between two workflow tasks, so that each begins with a replay. Needed to restart it:
   * the time-skipping server waits for the worker that knew the run, on a clock that stands still.
   */
  readonly forgetful?: boolean;
};

/** A time-skipping server and a worker whose stages are fakes. Every run that it starts is replayed at its end. */
export class WorkflowRig {
  readonly env: TestWorkflowEnvironment;
  readonly #stages: Readonly<Record<string, FakeStage>>;
  readonly #options: RigOptions;
  readonly #clock: ClockKeeper;
  readonly #keeping: Promise<void>;
  #close: () => void = () => undefined;
  #worker: { readonly worker: Worker; readonly running: Promise<void> } | null = null;
  readonly #started: WorkflowHandle[] = [];
  #counter = 0;

  private constructor(
    env: TestWorkflowEnvironment,
    stages: Readonly<Record<string, FakeStage>>,
    options: RigOptions,
  ) {
    this.env = env;
    this.#options = options;
    this.#stages = stages;
    this.#clock = new ClockKeeper(env);
    const closed = new Promise<void>((resolve) => (this.#close = resolve));
    this.#keeping = this.#clock.during(() => this.#started.map(({ workflowId }) => workflowId), closed);
  }

  static async create(
    stages: Readonly<Record<string, FakeStage>>,
    options: RigOptions = {},
  ): Promise<WorkflowRig> {
    const { path } = await ensureTestServer();
    return WorkflowRig.#on(await startTimeSkippingServer(path), stages, options);
  }

  /** On the development server, for what the test server does not do. Time does not skip. */
  static async createOnDevServer(stages: Readonly<Record<string, FakeStage>>): Promise<WorkflowRig> {
    const { path } = await ensureTemporalCli();
    return WorkflowRig.#on(await startDevServer(path), stages);
  }

  static async #on(
    env: TestWorkflowEnvironment,
    stages: Readonly<Record<string, FakeStage>>,
    options: RigOptions = {},
  ): Promise<WorkflowRig> {
    const rig = new WorkflowRig(env, stages, options);
    await rig.startWorker();
    return rig;
  }

  async startWorker(): Promise<void> {
    const worker = await Worker.create({
      connection: this.env.nativeConnection,
      taskQueue: 'rig',
      workflowBundle: { codePath: await workflowBundlePath() },
      activities: this.#clock.noting(this.#stages),
      maxHeartbeatThrottleInterval: 100,
      ...(this.#options.forgetful === true ? { maxCachedWorkflows: 0 } : {}),
    });
    this.#worker = { worker, running: worker.run() };
  }

  /** Ends the worker with all that it remembers of its runs; {@link startWorker} starts another one. */
  async stopWorker(): Promise<void> {
    this.#worker?.worker.shutdown();
    await this.#worker?.running;
    this.#worker = null;
  }

  async start(
    plan: Plan,
    request: Omit<RunRequest, 'forced'> & { readonly id?: string; readonly more?: Partial<RunInput> } = {},
  ): Promise<WorkflowHandle> {
    const { input, problems } = { problems: [], input: null, ...createRunInput(plan, request) };
    if (input === null) throw new Error(problems.join('\n'));
    this.#counter += 1;
    const handle = await this.env.client.workflow.start(PIPELINE_WORKFLOW, {
      taskQueue: 'rig',
      workflowId: request.id ?? `${plan.pipeline}/${this.#counter}`,
      args: [{ ...input, ...request.more }],
    });
    this.#started.push(handle);
    return handle;
  }

  /** Starts a workflow of another type than a run. */
  async startWorkflow(type: string, workflowId: string, input: unknown): Promise<WorkflowHandle> {
    const handle = await this.env.client.workflow.start(type, {
      taskQueue: 'rig',
      workflowId,
      args: [input],
    });
    this.#started.push(handle);
    return handle;
  }

  /** Runs a plan to its end, whatever that is. */
  async run(
    plan: Plan,
    request: Omit<RunRequest, 'forced'> & { readonly more?: Partial<RunInput> } = {},
  ): Promise<RunResult> {
    return resultOf(await this.start(plan, request));
  }

  /** Replays all histories, then ends worker and server. */
  async close(): Promise<void> {
    this.#close();
    await this.#keeping;
    try {
      await this.#replayAll();
    } finally {
      await this.stopWorker();
      await this.env.teardown();
    }
  }

  async #replayAll(): Promise<void> {
    const histories = (await Promise.all(this.#started.map((handle) => this.#historiesOf(handle)))).flat();
    const workflowBundle = { codePath: await workflowBundlePath() };
    for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories)) {
      if (error !== undefined) throw new Error(`${workflowId} cannot be replayed`, { cause: error });
    }
  }

  /** The history of a workflow and those of its children, and the ones in which they went on. */
  async #historiesOf(handle: WorkflowHandle): Promise<readonly { workflowId: string; history: History }[]> {
    const history = await handle.fetchHistory();
    const children = (history.events ?? []).flatMap(
      (event) => event.childWorkflowExecutionStartedEventAttributes?.workflowExecution ?? [],
    );
    const below = await Promise.all(
      children.map(({ workflowId, runId }) =>
        this.#historiesOf(this.env.client.workflow.getHandle(workflowId ?? '', runId ?? '')),
      ),
    );
    const nextRun = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    const next = nextRun ? this.env.client.workflow.getHandle(handle.workflowId, nextRun) : null;
    const later = next === null ? [] : await this.#historiesOf(next);
    return [{ workflowId: handle.workflowId, history }, ...below.flat(), ...later];
  }
}
