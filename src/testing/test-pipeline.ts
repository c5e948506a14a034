import { randomUUID } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { builtInStages } from '../activities/models/built-in-stages.js';
import { createModelActivities } from '../activities/models/model-activities.js';
import { createActivities } from '../activities/create-activities.js';
import type { StageFunction } from '../activities/stage-function.js';
import { ClientError } from '../client/client-error.js';
import { RunHandle } from '../client/run-handle.js';
import { isPipeline, type Pipeline } from '../definition/builder/pipeline.js';
import { loadDefinition, loadDefinitionValue } from '../definition/load.js';
import { DefinitionError } from '../definition/problem.js';
import { createRunInput } from '../engine/create-run-input.js';
import type { Plan } from '../engine/plan.js';
import type { RunInput } from '../engine/run-input.js';
import type { JsonObject } from '../shared/json.js';
import { PIPELINE_WORKFLOW, poolWorkflowId } from '../shared/names.js';
import { createDataConverter } from '../storage/external-storage-driver.js';
import { createCatalog } from '../worker/catalog.js';
import { loadConfig, type LoadedConfig } from '../worker/config.js';
import { createPrometheusMetrics } from '../worker/prometheus-metrics.js';
import { workflowBundlePath } from '../worker/workflow-bundle.js';
import { ClockKeeper } from './clock-keeper.js';
import { TestModels } from './test-models.js';
import { type Mocks, withMockedFunctions, withMockedStages } from './mocks.js';
import { TestRun } from './test-run.js';
import { type TestServer, withTestServer } from './test-server.js';
import { Work } from './work.js';
import { type TestResult, withWaves } from './test-result.js';

export type TestPipelineOptions = {
  readonly inputs?: JsonObject;
  readonly mode?: string | null;
  /** Stand-ins for stages; the others run as they are. */
  readonly mocks?: Mocks;
  /** Where `sluice.config.ts` is looked for. @default the folder of the definition */
  readonly configDir?: string;
  /**
   * Steers the run while it goes on. Without it time is skipped from the start; with it only by its steps, and again once
   * it has ended.
   */
  readonly during?: (run: TestRun) => Promise<void>;
  /** What variables and secrets read. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
};

type Env = NonNullable<TestPipelineOptions['env']>;

/**
 * Runs a pipeline, given as a file, a plan or what `definePipeline` made, on a test server and gives its result, whatever
 * its end. Waits of any length take no time. The run's history is replayed at the end, as a restarted worker would.
 * Throws a `DefinitionError` for a definition with errors, `invalid_inputs` for inputs that do not fit.
 */
export async function testPipeline(
  pipeline: string | Plan | Pipeline,
  options: TestPipelineOptions = {},
): Promise<TestResult> {
  const { mocks = {}, env = process.env, during = null } = options;
  const file = typeof pipeline === 'string' ? pipeline : null;
  const config = await loadConfig(
    options.configDir ?? (file === null ? process.cwd() : dirname(resolve(file))),
  );
  const models = new TestModels();
  const known = new Map([...builtInStages(() => models.registry), ...config.stages]);
  const stages = withMockedFunctions(known, mocks);
  const plan = await planOf(pipeline, { config, stages, env });
  const input = runInput(withMockedStages(plan, mocks), options);
  return withTestServer((server, spoil) =>
    runOn(server, { input, config, stages, models, env, during, spoil }),
  );
}

type Scene = {
  readonly config: LoadedConfig;
  readonly stages: ReadonlyMap<string, StageFunction>;
  readonly env: Env;
};

type RunScene = Scene & {
  readonly input: RunInput;
  readonly during: TestPipelineOptions['during'] | null;
  readonly models: TestModels;
  readonly spoil: () => void;
};

async function planOf(pipeline: string | Plan | Pipeline, { config, stages, env }: Scene): Promise<Plan> {
  if (typeof pipeline !== 'string' && !isPipeline(pipeline)) return pipeline;
  const catalog = createCatalog(stages, config.catalog.pipelines, config.catalog.pools ?? new Map());
  const { plan, problems } =
    typeof pipeline === 'string'
      ? await loadDefinition(pipeline, { catalog, env })
      : await loadDefinitionValue(pipeline, { catalog, env, file: join(config.projectDir, pipeline.name) });
  if (plan === null) throw new DefinitionError(problems);
  return plan;
}

function runInput(plan: Plan, { inputs = {}, mode = null }: TestPipelineOptions): RunInput {
  const made = createRunInput(plan, { inputs, mode });
  if ('input' in made) return made.input;
  throw new ClientError(
    'invalid_inputs',
    `Pipeline "${plan.pipeline}" cannot start: ${made.problems.join('; ')}.`,
  );
}

async function runOn({ env, store }: TestServer, scene: RunScene): Promise<TestResult> {
  const { input, config, stages, models } = scene;
  const taskQueue = `test-${randomUUID()}`;
  const code = {
    workflowBundle: { codePath: await workflowBundlePath() },
    dataConverter: createDataConverter(store),
  };
  models.open({ client: clientOf(env, code), taskQueue, store, isSearchable: false });
  const { metrics } = createPrometheusMetrics();
  const log = pino({ level: 'silent' });
  const work = new Work();
  const clock = new ClockKeeper(env);
  const worker = await Worker.create({
    ...code,
    connection: env.nativeConnection,
    taskQueue,
    maxHeartbeatThrottleInterval: '100ms',
    activities: {
      ...createModelActivities(store),
      ...clock.noting(
        work.counted(
          createActivities({ stages, store, log, metrics, env: scene.env, projectDir: config.projectDir }),
        ),
      ),
    },
  });
  return worker.runUntil(async () => {
    const workflowId = `${input.plan.pipeline}/${taskQueue}`;
    const handle = await env.client.workflow.start(PIPELINE_WORKFLOW, {
      taskQueue,
      workflowId,
      args: [input],
    });
    const run = new RunHandle(
      { client: env.client, store },
      { workflowId, runId: handle.firstExecutionRunId },
    );
    // Whoever asks for the result lets time be skipped.
    const ending = steer({ run, handle, env, work }, scene).then(() => run.result());
    const result = await clock.during(() => [workflowId], ending);
    const history = await spoilIfCancelled(handle, scene);
    await Worker.runReplayHistory(code, history, workflowId);
    await endPools(env.client, input.plan);
    await models.end(env.client);
    return withWaves(result);
  });
}

/** A test that fails on the way must not leave a run behind, which would hold up the clock for those that follow. */
async function steer({ run, handle, env, work }: Steered, scene: RunScene): Promise<void> {
  try {
    await scene.during?.(new TestRun(env, run, work));
  } catch (error) {
    // A run that has ended already cannot be cancelled.
    await run.cancel().catch(() => undefined);
    await run.result();
    await spoilIfCancelled(handle, scene);
    throw error;
  }
}

type Steered = {
  readonly run: RunHandle;
  readonly handle: WorkflowHandle;
  readonly env: TestServer['env'];
  readonly work: Work;
};

/** The time-skipping server's clock never runs again once it was asked to cancel an activity. */
async function spoilIfCancelled(handle: WorkflowHandle, scene: RunScene): Promise<History> {
  const history = await handle.fetchHistory();
  if (history.events?.some((event) => event.activityTaskCancelRequestedEventAttributes)) scene.spoil();
  return history;
}

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

/** Reads payloads as the worker writes them. */
function clientOf(
  { connection, namespace }: TestServer['env'],
  { dataConverter }: { readonly dataConverter: DataConverter },
): Client {
  return new Client({ connection, dataConverter, ...(namespace === undefined ? {} : { namespace }) });
}

/** A pool outlives its runs, on the task queue of the first of them; the next test has a worker on another one. */
async function endPools({ workflow }: Client, plan: RunInput['plan']): Promise<void> {
  const names = new Set([plan, ...Object.values(plan.pipelines)].flatMap(({ pools }) => Object.keys(pools)));
  for (const name of names) {
    await workflow
      .getHandle(poolWorkflowId(name))
      .terminate('the test has ended')
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
  }
}
