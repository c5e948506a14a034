import type { WorkflowHandle } from '@temporalio/client';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createActivities } from '../../src/activities/create-activities.js';
import { noMetrics } from '../../src/activities/stage-metrics.js';
import { loadDefinitionText } from '../../src/definition/load.js';
import type { Plan } from '../../src/engine/plan.js';
import type { RunStatus } from '../../src/engine/result.js';
import { endpointModel, llmNodes } from '../../src/nodes/index.js';
import { ACTIVITY, POOL_WORKFLOW, poolWorkflowId } from '../../src/shared/names.js';
import { createCatalog } from '../../src/worker/catalog.js';
import { llmServer } from '../support/llm-server.js';
import { poolCheck } from '../support/pool-check.js';
import { resultOf } from '../support/result-of.js';
import { WorkflowRig } from '../support/workflow-rig.js';
import { memoryStore } from '../unit/storage/memory-store.js';

let server: Awaited<ReturnType<typeof llmServer>>;
let rig: WorkflowRig;
let catalog: ReturnType<typeof createCatalog>;

beforeAll(async () => {
  server = await llmServer();
  const prices = { input: 1_000, output: 10_000 };
  const writer = endpointModel({ url: server.url, model: 'writer', prices });
  const nodes = llmNodes({ models: { writer }, defaultModel: 'writer' });
  const stages = new Map(nodes.map((node) => [node.name, node]));
  const pools = new Map([['models', { slots: null, rate: { limit: 100, per_ms: 60_000 } }]]);
  catalog = createCatalog(stages, new Map(), pools);
  const activities = createActivities({
    stages,
    store: memoryStore(),
    log: pino({ level: 'silent' }),
    metrics: noMetrics,
    env: {},
    projectDir: process.cwd(),
  });
  rig = await WorkflowRig.create({ ...activities, [ACTIVITY.poolCheck]: poolCheck(() => rig.env.client) });
});

afterAll(async () => {
  await rig.close();
  await server.close();
});

async function planOf(text: string): Promise<Plan> {
  const { plan, problems } = await loadDefinitionText(text, { file: 'test.yaml', catalog, env: {} });
  if (plan === null) throw new Error(JSON.stringify(problems));
  return plan;
}

async function untilStatus(handle: WorkflowHandle, stage: string, wanted: string): Promise<RunStatus> {
  for (;;) {
    const status = await handle.query<RunStatus>('status');
    if (status.stages[stage]?.status === wanted) return status;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const answer = (tokens: readonly [number, number]) => ({ kind: 'answer', text: 'words', tokens }) as const;

it('a stage that would go past its budget is held until a person raises it', async () => {
  server.next(answer([10, 9]), answer([10, 9]));
  const handle = await rig.start(
    await planOf(`
name: budget
stages:
  - { id: outline, uses: generate-text, with: { prompt: Outline., max_tokens: 10 } }
  - id: write
    depends_on: [outline]
    uses: generate-text
    with: { prompt: Write., max_tokens: 10, budget: 0.15, spent: '\${{ metrics.cost }}' }
    hold_on_failure: true
`),
  );
  const held = await untilStatus(handle, 'write', 'held');
  expect(held.stages['write']?.error).toMatchObject({
    type: 'BudgetExceeded',
    message: expect.stringContaining('The run has spent 0.1 of its budget of 0.15'),
  });
  await handle.executeUpdate('retry_stage', {
    args: [{ by: 'ada', reason: 'worth it', stage: 'write', params: { budget: 1 } }],
  });
  const result = await resultOf(handle);
  expect(result).toMatchObject({
    status: 'succeeded',
    metrics: { model_calls: 2, tokens_in: 20, cost: 0.2 },
  });
  expect(result.stages['write']?.decisions).toMatchObject([{ by: 'ada', reason: 'worth it' }]);
});

const ASKING = `
name: asks-first
variables: { limit: 0.05 }
stages:
  - { id: outline, uses: generate-text, with: { prompt: Outline., max_tokens: 10 } }
  - id: go-on
    depends_on: [outline]
    condition: metrics.cost > variables.limit
    approval: { message: 'The outline cost \${{ metrics.cost }}. Write it all?' }
  - { id: write, depends_on: [go-on], uses: generate-text, with: { prompt: Write., max_tokens: 10 } }
`;

it('a person is asked between two stages once the run has cost too much, and not before', async () => {
  server.next(answer([1, 1]), answer([1, 1]));
  const cheap = await rig.run(await planOf(ASKING));
  expect(cheap).toMatchObject({ status: 'succeeded', stages: { 'go-on': { status: 'skipped' } } });
  server.next(answer([10, 9]), answer([1, 1]));
  const handle = await rig.start(await planOf(ASKING));
  await untilStatus(handle, 'go-on', 'awaiting_approval');
  await handle.executeUpdate('approve', { args: [{ stage: 'go-on', as: 'ada' }] });
  expect(await resultOf(handle)).toMatchObject({
    status: 'succeeded',
    stages: { write: { status: 'succeeded' } },
  });
});

it('a pooled stage that is told to wait waits, and loses none of its attempts', async () => {
  await rig.env.client.workflow.start(POOL_WORKFLOW, {
    taskQueue: 'rig',
    workflowId: poolWorkflowId('models'),
    args: [{ pool: 'models', asks: [] }],
  });
  server.next({ kind: 'busy', retryAfter: '600' }, { kind: 'busy', retryAfter: '600' }, answer([1, 1]));
  const before = server.asked.length;
  const result = await rig.run(
    await planOf(`
name: patient
stages:
  - { id: write, uses: generate-text, with: { prompt: Write. }, pool: models, retry: { max_attempts: 1 } }
`),
  );
  expect(result).toMatchObject({ status: 'succeeded', stages: { write: { attempts: 1 } } });
  expect(server.asked.length - before).toBe(3);
});

it('each attempt of a stage is one request', async () => {
  server.next({ kind: 'status', status: 500 }, { kind: 'cut' }, answer([1, 1]));
  const before = server.asked.length;
  const text = `
name: persistent
stages: [{ id: write, uses: generate-text, with: { prompt: Write. }, retry: { max_attempts: 3 } }]
`;
  expect(await rig.run(await planOf(text))).toMatchObject({
    status: 'succeeded',
    stages: { write: { attempts: 3 } },
  });
  expect(server.asked.length - before).toBe(3);
});
