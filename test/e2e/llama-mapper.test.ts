import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadDataset } from '../../examples/llama-mapper/lib/dataset.js';
import {
  readModel,
  type Rehearsal,
  rehearsal,
  writeModel,
} from '../../examples/llama-mapper/lib/model-file.js';
import { startLoad } from '../../examples/llama-mapper/serving/load.js';
import { createModelServer } from '../../examples/llama-mapper/serving/models/create-model-server.js';
import { createRouter } from '../../examples/llama-mapper/serving/router/create-router.js';
import { loadDefinition } from '../../src/client/index.js';
import type { CanaryReport } from '../../src/engine/canary.js';
import type { Plan } from '../../src/engine/plan.js';
import type { RunResult } from '../../src/engine/result.js';
import type { JsonObject } from '../../src/shared/json.js';
import { getObject, putObject } from '../../src/storage/objects.js';
import { loadConfig } from '../../src/worker/config.js';
import { type DevProject, startDevProject } from '../support/dev-project.js';

const EXAMPLE = fileURLToPath(new URL('../../examples/llama-mapper', import.meta.url));

/** Short steps, and bounds that a busy machine does not break: what breaks them here is the model. */
const QUICK = {
  canary_percentage: 20,
  soak: '2s',
  interval: '2s',
  min_samples: 10,
  max_p95_ms: 60_000,
  min_accuracy: 0.5,
  max_accuracy_decrease: 1,
};

const servers: Awaited<ReturnType<typeof createRouter>>[] = [];
let [router, modelServer, folder] = ['', '', ''];
let project: DevProject;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llama-mapper-'));
  servers.push(await createRouter(), await createModelServer());
  const listen = (app: (typeof servers)[number]): Promise<string> =>
    app.listen({ host: '127.0.0.1', port: 0 });
  [router = '', modelServer = ''] = await Promise.all(servers.map(listen));
  const { stages } = await loadConfig(EXAMPLE);
  project = await startDevProject({ stages: [...stages.values()] });
});
afterAll(async () => {
  await project?.close();
  await Promise.all(servers.map((server) => server.close()));
  await rm(folder, { recursive: true, force: true });
});

it('trains, gives a good model all traffic without a failed request, takes bad ones back at their first evaluation, and rolls back', async () => {
  await train('first', { mapper_epochs: 2 });
  expect((await deploy('first')).outputs).toEqual({ service: 'mapper', version: 'first', previous: null });
  await train('second', { mapper_epochs: 3 });
  await train('wrong', { mapper_epochs: 3, enforce_gates: false, rehearsal: { wrong_labels: true } });
  await registerFaulty('slow', { delay_ms: 1500 });
  await registerFaulty('failing', { failure_share: 0.5 });

  const { test: records } = await loadDataset('data/sms_spam.tsv', { seed: 20, testShare: 0.2 });
  const traffic = {
    router,
    service: 'mapper',
    kind: 'mapper',
    records,
    rate: 250,
    feedbackShare: 1,
  } as const;
  const load = startLoad({ ...traffic, connections: 20 });
  const good = await deploy('second');
  expect(good).toMatchObject({ status: 'succeeded', outputs: { version: 'second', previous: 'first' } });
  expect(canaryOf(good)).toMatchObject({ phase: 'promoted', weights: { first: 0, second: 100 } });
  expect(canaryOf(good).steps.map(({ weight, status }) => [weight, status])).toEqual(
    [20, 25, 50, 100].map((weight) => [weight, 'passed']),
  );
  expect(await production()).toBe('second');
  expect(await weights()).toEqual({ first: 0, second: 100 });

  await expectTakenBack('wrong', /^rolled back: accuracy: [\d.]+ is under min 0.5$/);
  const report = await load.stop();
  expect(report.failed).toBe(0);
  expect(Object.keys(report.by_version)).toEqual(['first', 'second', 'wrong']);

  const more = startLoad({ ...traffic, connections: 40 });
  await expectTakenBack('slow', /^rolled back: p95_ms: [\d.]+ is over max 1000$/, { max_p95_ms: 1000 });
  await expectTakenBack('failing', /^rolled back: error_rate: [\d.]+ is over max 0.01$/);
  await more.stop();

  const rollback = await run(await planOf('rollback'), { reason: 'alarms', by: 'ada' });
  expect(rollback).toMatchObject({ status: 'succeeded', outputs: { version: 'first', previous: 'second' } });
  expect(await production()).toBe('first');
  expect(await weights()).toEqual({ first: 100 });
  expect(await project.client.models.find('mapper', { version: 'second' })).toMatchObject({
    status: 'failed',
    status_reason: 'alarms',
  });
  const [moved] = await project.client.models.history('mapper', { alias: 'production', limit: 1 });
  expect(moved).toMatchObject({ how: 'rollback', reason: 'alarms (ada)' });
});

/** Traffic is back on what was live, the version is marked as failed, and nothing is in a canary any more. */
async function expectTakenBack(version: string, why: RegExp, inputs: JsonObject = {}): Promise<void> {
  const bad = await deploy(version, inputs);
  expect(bad).toMatchObject({ status: 'failed', failed_stages: ['canary'] });
  const { error } = bad.stages['canary'] ?? {};
  expect(error).toMatchObject({ type: 'CanaryRolledBack', message: expect.stringMatching(why) });
  const { steps } = canaryOf(bad);
  expect(steps).toMatchObject([{ weight: 20, status: 'failed', counts: { successful: 0, failed: 1 } }]);
  expect(await production()).toBe('second');
  expect(await weights()).toEqual({ second: 100, [version]: 0 });
  const { status, status_reason, aliases } = await project.client.models.find('mapper', { version });
  expect([status, aliases]).toEqual(['failed', []]);
  expect(status_reason).toContain('its canary was rolled back');
}

async function train(version: string, inputs: JsonObject): Promise<void> {
  const plan = await planOf('train');
  // A worker that was configured in code has no threads; here nothing suffers from what blocks it.
  const stages = plan.stages.map((stage) => ({ ...stage, isolation: 'none' as const }));
  const all = { model_type: 'mapper', output_dir: folder, version, ...inputs };
  const result = await run({ ...plan, stages }, all);
  expect(result).toMatchObject({ status: 'succeeded', outputs: { version } });
}

/** Registers the first version again, with faults. */
async function registerFaulty(version: string, faults: Partial<Rehearsal>): Promise<void> {
  const { store, client } = project;
  const { artifact } = await client.models.find('mapper', { version: 'first' });
  const file = readModel(await getObject(store, artifact?.sha256 ?? ''));
  const content = writeModel({ ...file, rehearsal: rehearsal.parse(faults) });
  const stored = await putObject(store, Buffer.from(content));
  await client.models.register('mapper', {
    version,
    by: 'ada',
    artifact: { name: 'mapper.json', ...stored },
  });
}

async function deploy(version: string, inputs: JsonObject = {}): Promise<RunResult> {
  return run(await planOf('deploy'), { version, ...QUICK, ...inputs });
}

async function run(plan: Plan, inputs: JsonObject): Promise<RunResult> {
  const handle = await project.client.start(plan, { inputs });
  return handle.result();
}

async function planOf(name: string): Promise<Plan> {
  const { catalog } = await loadConfig(EXAMPLE);
  const env = { ROUTER_URL: router, MODEL_SERVER_URL: modelServer };
  const { plan, problems } = await loadDefinition(join(EXAMPLE, 'pipelines', `${name}.yaml`), {
    catalog,
    env,
  });
  if (plan === null) throw new Error(problems.map(({ message }) => message).join('\n'));
  return plan;
}

function canaryOf(result: RunResult): CanaryReport {
  return result.stages['canary']?.output as unknown as CanaryReport;
}

async function production(): Promise<string | undefined> {
  return (await project.client.models.find('mapper', { alias: 'production' })).version;
}

async function weights(): Promise<unknown> {
  const response = await fetch(`${router}/routes/mapper`);
  return Object(await response.json()).weights;
}
