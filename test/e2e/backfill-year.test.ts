import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { BackfillHandle } from '../../src/client/backfill/backfill-handle.js';
import { SluiceClient } from '../../src/client/index.js';
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from '../../src/client/temporal-server/embedded-server.js';
import { compileDefinition } from '../../src/definition/compile.js';
import type { Plan } from '../../src/engine/plan.js';

const CLI = fileURLToPath(new URL('../../dist/client/cli/main.js', import.meta.url));
const PROJECT = fileURLToPath(new URL('fixtures/year', import.meta.url));
const PRICES = fileURLToPath(new URL('../../examples/tetra/data/aapl-2015-2017-plotly.csv', import.meta.url));
const YEAR = { from: '2016', to: '2016', step: '1d', timezone: 'UTC', maxParallel: 6 };

let dir: string;
let server: EmbeddedServer;
let client: SluiceClient;
let worker: ReturnType<typeof startWorker>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-year-'));
  server = await startEmbeddedServer({ dir, headless: true });
  client = await SluiceClient.connect({ connectionOptions: { address: server.address }, taskQueue: 'year' });
  worker = startWorker();
});
afterAll(async () => {
  worker.kill('SIGKILL');
  await client.close();
  await server.release();
  await rm(dir, { recursive: true, force: true });
});

function startWorker() {
  return execa('node', [CLI, 'worker', '--address', server.address], { cwd: PROJECT, reject: false });
}

function daily(): Plan {
  const { plan, problems } = compileDefinition(
    {
      name: 'prices',
      defaults: { heartbeat_timeout: '2s' },
      stages: [{ id: 'day', uses: 'close-of-day', with: { day: '${{ run.partition.key }}' } }],
      outputs: { close: '${{ stages.day.output.close }}' },
    },
    { catalog: null, env: {}, file: 'prices.yaml' },
  );
  if (plan === null) throw new Error(problems.map(({ message }) => message).join('\n'));
  return plan;
}

const doneAtLeast = (backfill: BackfillHandle, count: number): Promise<void> =>
  vi.waitFor(async () => expect((await backfill.report()).counts.succeeded).toBeGreaterThanOrEqual(count), {
    timeout: 100_000,
    interval: 200,
  });

/** What the file says of each day of the year, read in another way than the stage does. */
async function closesInFile(): Promise<ReadonlyMap<string, number>> {
  const [header = '', ...rows] = (await readFile(PRICES, 'utf8')).trim().split('\n');
  const at = header.split(',').indexOf('AAPL.Close');
  const all = rows.map((row): [string, number] => [row.slice(0, 10), Number(row.split(',')[at])]);
  return new Map(all.filter(([day]) => day.startsWith('2016-')));
}

it('fills a year of real prices although its worker is killed and it is terminated, and its table is right', async () => {
  const first = await client.backfills.start(await client.backfills.plan(daily(), YEAR), { key: 'first' });
  await doneAtLeast(first, 40);
  worker.kill('SIGKILL');
  await worker;
  worker = startWorker();
  await doneAtLeast(first, 120);
  await client.temporal.workflow.getHandle(first.workflowId).terminate('by hand');
  const stopped = await vi.waitFor(
    async () => {
      const status = await first.status();
      expect(status.status).toBe('cancelled');
      expect(status.counts.running).toBe(0);
      return status;
    },
    { timeout: 30_000, interval: 200 },
  );
  const done = stopped.counts.succeeded;
  expect(done).toBeGreaterThanOrEqual(120);
  expect(stopped.counts.cancelled).toBe(366 - done);
  const rest = await client.backfills.plan(daily(), YEAR);
  expect(rest.partitions.filter(({ status }) => status === 'done_before')).toHaveLength(done);
  const second = await client.backfills.start(rest, { key: 'second' });
  const report = await second.ended();
  expect(report).toMatchObject({ status: 'succeeded', counts: { total: 366, done_before: done } });
  expect(report.counts.succeeded).toBe(366 - done);
  const table = (await second.status()).partitions;
  expect(table.map(({ key }) => key)).toEqual([...new Set(table.map(({ key }) => key))].sort());
  const closes = new Map<string, number>();
  for (const { key, workflow_id } of table) {
    const { outputs } = await client.handle(workflow_id, '').result();
    if (typeof outputs['close'] === 'number') closes.set(key, outputs['close']);
  }
  expect(closes).toEqual(await closesInFile());
  const runs = await client.list({ pipeline: 'prices', status: 'succeeded', limit: 1_000 });
  expect(runs).toHaveLength(366);
});
