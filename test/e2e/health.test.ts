import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ScheduleOptions } from '@temporalio/client';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MonitorResult } from '../../src/engine/health/monitor.js';
import type { HealthReport } from '../../src/engine/health/report.js';
import { ALERT_WORKFLOW, alertWorkflowId } from '../../src/shared/names.js';
import { completeConfig, startWorker } from '../../src/worker/index.js';
import { look, readHealth } from '../../src/worker/health/look.js';
import { compiled, type DevProject, startDevProject } from '../support/dev-project.js';
import { type CliOutcome, runCli } from '../support/run-cli.js';

const CLI = fileURLToPath(new URL('../../dist/client/cli/main.js', import.meta.url));
const HOUR_MS = 3_600_000;
const POLL = { timeout: 30_000, interval: 200 };

let project: DevProject;
let service: Server;
let isServiceWell = true;

const PRICES = {
  name: 'prices',
  freshness: { max_age: '26h' },
  inputs: { fail: { type: 'boolean', default: false } },
  alerts: [{ name: 'old', when: 'data_age_hours > 30', channels: ['ops'] }],
  stages: [{ id: 'gate', gate: { checks: [{ name: 'wanted', assert: '!inputs.fail' }] } }],
};

function configuration(more: object = {}): object {
  const { port } = service.address() as AddressInfo;
  const checks = [{ name: 'api', http: { url: `http://127.0.0.1:${port}/` }, fix: 'Call the data team.' }];
  const channels = { ops: { command: { run: ['true'] } } };
  return { checks, channels, ...more };
}

beforeAll(async () => {
  service = createServer((_, response) => response.writeHead(isServiceWell ? 200 : 503).end());
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  project = await startDevProject({ ...configuration(), worker: { httpPort: 0 } });
});

afterAll(async () => {
  await project.close();
  service.close();
});

let folders = 0;

/** What the command line says in this project with a changed configuration, in a folder of its own: they are cached. */
async function cli(args: readonly string[], more: object = {}): Promise<CliOutcome> {
  folders += 1;
  const cwd = join(project.folder, String(folders));
  const storage = { folder: join(project.folder, '.sluice/store') };
  await mkdir(cwd);
  await writeFile(join(cwd, 'sluice.config.json'), JSON.stringify(configuration({ storage, ...more })));
  const env = { TEMPORAL_ADDRESS: project.server.address, PATH: process.env['PATH'] };
  return runCli(args, { cwd, env });
}

const health = async (more: object = {}): Promise<HealthReport & { readonly exitCode: number }> => {
  const { json, exitCode } = await cli(['health', '--json'], more);
  return { ...(json() as HealthReport), exitCode };
};

/** What is wrong, by what was looked at. */
const wrong = ({ findings }: HealthReport): readonly string[] =>
  findings.filter(({ level }) => level === 'fail').map(({ check, subject }) => `${check} ${subject}`);

async function runPrices(fail = false): Promise<void> {
  const run = await project.client.start(compiled(PRICES), { inputs: { fail } });
  await run.result().catch(() => undefined);
}

/** What another moment would show, by the clock of this test. */
function depsAt(more: object = {}) {
  const config = completeConfig(configuration(more), { file: null, projectDir: project.folder });
  const { store, client } = project;
  return {
    client: client.temporal,
    config,
    store,
    stages: config.stages,
    projectDir: project.folder,
    env: {},
  };
}

const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS);

it('says that all is well, and of each thing that it is not', { timeout: 120_000 }, async () => {
  expect(await health()).toMatchObject({ ok: true, exitCode: 0, pipelines: [] });
  await runPrices();
  await expect.poll(() => health(), POLL).toMatchObject({ pipelines: [{ status: 'succeeded' }] });
  const well = await health();
  expect(well).toMatchObject({
    ok: true,
    exitCode: 0,
    pipelines: [
      { pipeline: 'prices', status: 'succeeded', freshness: 'fresh', max_age_hours: 26, error_rate: 0 },
    ],
    task_queues: [{ task_queue: 'sluice', workers: [expect.any(String)] }],
    workers: [{ task_queue: 'sluice', disk_used: expect.any(Number) as number }],
  });
  const table = await cli(['health', 'prices']);
  expect(table).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/prices +succeeded/) as string });

  const monitor = { pipelines: { prices: { maxAge: '1ms' } }, diskUsed: { warn: 1e-9, fail: 1e-8 } };
  const strict = await health({ monitor });
  expect(wrong(strict)).toEqual(
    expect.arrayContaining(['freshness prices', expect.stringMatching(/^disk /)]),
  );
  expect(strict.exitCode).toBe(1);
  expect(wrong(await health({ taskQueue: 'nobody' }))).toEqual(['task_queue nobody']);

  isServiceWell = false;
  await runPrices(true);
  await expect.poll(async () => wrong(await health()), POLL).toEqual(['pipeline_status prices', 'check api']);
  const told = await cli(['health']);
  expect(told.exitCode).toBe(1);
  expect(told.stdout).toMatch(/See why: sluice status prices\/.*\n/);
  expect(told.stdout).toContain('Call the data team.');
  isServiceWell = true;
  await runPrices();
  await expect.poll(async () => wrong(await health()), POLL).toEqual([]);
});

it('serves the same beside the health of the worker', async () => {
  const answer = await fetch(`${project.worker.healthUrl}/health/pipelines`);
  const report = (await answer.json()) as HealthReport;
  expect(answer.status).toBe(report.ok ? 200 : 503);
  expect(report.pipelines).toMatchObject([{ pipeline: 'prices' }]);
});

it('knows what a schedule missed, by the times that the server computes', async () => {
  const schedule: ScheduleOptions = {
    scheduleId: 'prices/daily',
    spec: { intervals: [{ every: '1 day' }] },
    action: {
      type: 'startWorkflow',
      workflowType: 'pipeline',
      workflowId: 'prices/daily',
      taskQueue: 'sluice',
    },
  };
  const handle = await project.client.temporal.schedule.create(schedule);
  expect((await health()).schedules).toMatchObject([
    { schedule: 'prices/daily', pipeline: 'prices', missed: [] },
  ]);
  const later = await readHealth(depsAt(), { now: inHours(73) });
  expect(later.schedules[0]?.missed).toHaveLength(3);
  expect(later.pipelines[0]).toMatchObject({ missed_schedules: 3, freshness: 'stale' });
  expect(wrong(later)).toEqual(
    expect.arrayContaining(['schedule prices/daily', 'freshness prices', 'task_queue sluice']),
  );
  await handle.pause('holidays');
  await expect
    .poll(async () => (await readHealth(depsAt(), { now: inHours(73) })).schedules, POLL)
    .toMatchObject([{ is_paused: true, note: 'holidays', missed: [] }]);
  await handle.delete();
});

it('knows a worker that was killed, and forgets one that stopped in order', { timeout: 60_000 }, async () => {
  const config = { ...depsAt().config, taskQueue: 'gpu' };
  const connectionOptions = { address: project.server.address };
  const connectionSettings = { connectionOptions, namespace: 'default', configured: true };
  const orderly = await startWorker({ connectionSettings, config, log: pino({ level: 'silent' }) });
  await expect.poll(async () => (await health()).workers, POLL).toHaveLength(2);
  await orderly.stop();
  expect((await health()).workers).toHaveLength(1);

  const args = [CLI, 'worker', '--task-queue', 'metal', '--address', project.server.address];
  const killed = spawn('node', args, { cwd: project.folder, stdio: 'ignore' });
  const monitor = { taskQueues: ['metal'] };
  await expect.poll(async () => wrong(await health({ monitor })), POLL).toEqual([]);
  await expect.poll(async () => (await health()).workers, POLL).toHaveLength(2);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  expect(wrong(await health({ monitor }))).toEqual([
    'task_queue metal',
    expect.stringMatching(new RegExp(`^worker ${killed.pid}@`)),
  ]);
});

it('raises alerts by a schedule, and ends them when all is well again', { timeout: 120_000 }, async () => {
  const { workflow } = project.client.temporal;
  const key = 'sluice.health/check/api';
  const status = async () => {
    const { json, exitCode } = await cli(['monitor', 'status', '--json']);
    const { monitor } = json() as { monitor: { last: { result: MonitorResult | null } | null } | null };
    return { exitCode, result: monitor?.last?.result ?? null };
  };
  expect(await status()).toEqual({ exitCode: 1, result: null });
  isServiceWell = false;
  expect(await cli(['monitor', 'start', '--every', '5s'])).toMatchObject({ exitCode: 2 });
  expect((await cli(['monitor', 'start', '--every', '1h', '--json'])).json()).toMatchObject({
    started: true,
  });
  await expect.poll(status, POLL).toMatchObject({ exitCode: 0, result: { level: 'fail' } });
  expect((await status()).result?.raised).toContain(key);
  expect(await workflow.getHandle(alertWorkflowId(key)).describe()).toMatchObject({ type: ALERT_WORKFLOW });
  isServiceWell = true;
  expect((await cli(['monitor', 'start', '--every', '1h', '--json'])).json()).toMatchObject({
    started: false,
  });
  await expect.poll(async () => (await status()).result?.ended, POLL).toContain(key);
  await workflow.getHandle(alertWorkflowId(key)).result();
  expect((await cli(['monitor', 'stop', '--json'])).json()).toEqual({ stopped: true });

  const { raise } = await look(depsAt(), inHours(73));
  expect(raise.map((event) => event.key)).toEqual(
    expect.arrayContaining(['prices/old', 'sluice.health/freshness/prices']),
  );
});

it('says that Temporal cannot be reached, apart from everything else', async () => {
  const { exitCode, json } = await runCli(['health', '--json', '--address', '127.0.0.1:1'], {
    cwd: project.folder,
  });
  expect(exitCode).toBe(3);
  expect(json()).toMatchObject({ error: { code: 'temporal_unreachable' } });
});
