import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunHandle } from '../../src/client/index.js';
import { defineStage, z } from '../../src/index.js';
import { type CliOutcome, runCli } from '../support/run-cli.js';
import { compiled, type DevProject, startDevProject } from '../support/dev-project.js';
import { openPage } from '../support/open-page.js';

const RUNS = 24;

const load = defineStage({
  name: 'load',
  params: z.object({ n: z.number() }),
  output: z.null(),
  run: ({ params: { n }, ctx }) => {
    ctx.log.debug('looking');
    ctx.log.warn(`run ${n}`);
    if (n % 8 === 3 && ctx.attempt === 1) throw new Error('not yet');
    ctx.metrics.add('rows', n === RUNS ? 900 : 100);
    ctx.metrics.add('cost_usd', 0.25);
    return null;
  },
});

/** Fails on the fifth, so that there is a failure; the schedule is far away. */
const PLAN = compiled({
  name: 'prices',
  version: '2.1.0',
  inputs: { n: { type: 'integer', default: 1 } },
  schedules: [{ id: 'yearly', cron: '0 0 1 1 *', timezone: 'UTC' }],
  stages: [
    { id: 'load', uses: 'load', with: { n: '${{ inputs.n }}' }, retry: { initial_delay: '1ms' } },
    { id: 'fits', depends_on: ['load'], gate: { checks: [{ name: 'small', assert: 'inputs.n != 5' }] } },
  ],
});

let project: DevProject;
const sluice = (...args: readonly string[]): Promise<CliOutcome> =>
  runCli([...args, '--address', project.server.address], { cwd: project.folder });

beforeAll(async () => {
  project = await startDevProject({ stages: [load] });
  const { client } = project;
  await client.schedules.apply(await client.schedules.plan([PLAN]));
  const runs: RunHandle[] = [];
  for (let n = 1; n <= RUNS; n += 1) {
    // One after the other, so that their order is known.
    // oxlint-disable-next-line no-await-in-loop
    runs.push(await client.start(PLAN, { inputs: { n }, key: `run-${n}` }));
  }
  await Promise.all(runs.map((run) => run.result()));
});
afterAll(() => project?.close());

test('history, metrics and anomalies tell what became of past runs', async () => {
  // Visibility lags behind the runs.
  const counts = async (): Promise<object> => (await project.client.history.metrics()).runs;
  await expect.poll(counts, { timeout: 20_000 }).toMatchObject({ total: RUNS, open: 0 });

  const history = (await sluice('history', 'prices', '--limit', '3', '--json')).json() as { runs: object[] };
  expect(history.runs).toMatchObject([
    { workflow_id: `prices/run-${RUNS}`, status: 'succeeded', records: 900, cost: 0.25, retries: 0 },
    { workflow_id: `prices/run-${RUNS - 1}` },
    { workflow_id: `prices/run-${RUNS - 2}` },
  ]);
  const failed = await sluice('history', '--status', 'failed');
  expect(failed.stdout).toMatch(/prices\/run-5 +failed .* fits: GateFailed/);

  expect((await sluice('metrics', 'prices', '--json')).json()).toMatchObject({
    pipeline: 'prices',
    runs: { total: RUNS, succeeded: RUNS - 1, failed: 1, open: 0 },
    duration_ms: { count: RUNS - 1 },
    retries: { total: 3, runs: 3 },
    records: { total: 3200, per_run: { p50: 100 } },
    cost: { total: 6 },
    failures: [{ stage: 'fits', type: 'GateFailed', count: 1, last: { workflow_id: 'prices/run-5' } }],
  });
  const table = await sluice('metrics');
  expect(table.stdout).toContain(`${RUNS} runs: ${RUNS - 1} succeeded (95.8%), 1 failed`);
  expect(table.stdout).toMatch(/prices\/load +24 /);

  const { anomalies } = (await sluice('anomalies', '--json')).json() as { anomalies: { kind: string }[] };
  expect(anomalies).toContainEqual(
    expect.objectContaining({ kind: 'records', workflow_id: `prices/run-${RUNS}`, value: 900, ratio: 9 }),
  );
});

test('the page of a report shows the numbers that metrics give', async () => {
  const file = join(project.folder, 'report.html');
  const { metrics } = (await sluice('report', 'prices', '--html', file, '--json')).json() as {
    metrics: object;
  };
  expect(metrics).toMatchObject({ runs: { total: RUNS } });
  const { numbers, charts, faults } = await openPage(file);
  expect(faults).toEqual([]);
  expect(charts).toBe(5);
  expect(new Map(numbers).get('records.total')).toBe('3200');
  expect(await readFile(file, 'utf8')).toContain(`"runs":{"total":${RUNS}`);
  expect((await sluice('report')).stdout).toMatch(/prices +24 +95.8%/);
});

test('status of a pipeline tells its last run and its next one, and logs give the last lines of a level', async () => {
  const status = await sluice('status', 'prices');
  expect(status.stdout).toContain(`prices/run-${RUNS}  succeeded`);
  expect(status.stdout).toMatch(/next run +\d{4}-01-01 00:00 UTC, in .* schedule prices\/yearly/);
  expect((await sluice('status', 'prices', '--json')).json()).toMatchObject({
    workflow_id: `prices/run-${RUNS}`,
    last_success: { status: 'succeeded' },
    next_runs: [{ paused: false }],
  });
  const logs = await sluice('logs', 'prices/run-3', '--level', 'warn', '--tail', '1', '--json');
  expect(logs.json()).toMatchObject({ lines: [{ level: 'warn', message: 'run 3', attempt: 2 }] });
});
