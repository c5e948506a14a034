import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { execa } from 'execa';
import { startEmbeddedServer } from '../src/client/temporal-server/embedded-server.js';
import { peakMemory, watchMemory } from './process-memory.js';
import { timed } from './stats.js';

/** A fan-out that is measured with a server, a worker process and a client process of its own. */
export type BigMap = { readonly items: number; readonly batch: number; readonly byHand: boolean };

export type BigMapFigures = {
  readonly name: string;
  readonly seconds: number;
  readonly items_per_second: number;
  /** Processor time an item, which other work on the machine does not bend as it does the time; null as below. */
  readonly server_ms_an_item: number | null;
  readonly worker_ms_an_item: number | null;
  /** Most memory that the processes ever held; null where the system does not tell. */
  readonly worker_peak_mb: number | null;
  readonly client_peak_mb: number | null;
  /** Events of the longest history, and how many histories there were. */
  readonly largest_history: number;
  readonly histories: number;
};

export const BIG_MAPS: readonly BigMap[] = [
  { items: 10_000, batch: 1, byHand: false },
  { items: 10_000, batch: 1, byHand: true },
  { items: 30_000, batch: 1, byHand: false },
  { items: 100_000, batch: 1, byHand: false },
  { items: 100_000, batch: 1, byHand: true },
  { items: 1_000_000, batch: 100, byHand: false },
  { items: 1_000_000, batch: 100, byHand: true },
];

/** Most activities at once, the same for both. */
const WINDOW = 200;
const SHARDS = 4;
const QUEUE = 'big-map';
const CLI = fileURLToPath(new URL('../dist/client/cli/main.js', import.meta.url));
const PROJECT = fileURLToPath(new URL('big-map', import.meta.url));

export function nameOf({ items, batch, byHand }: BigMap): string {
  const size = batch === 1 ? '' : ` in batches of ${batch}`;
  return `${byHand ? 'hand-written map' : 'map'} of ${items.toLocaleString('en')}${size}`;
}

export async function measureBigMap(map: BigMap): Promise<BigMapFigures> {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-big-map-'));
  const server = await startEmbeddedServer({ dir, headless: true });
  const worker = startWorker(map, server.address, join(dir, 'store'));
  const connection = await Connection.connect({ address: server.address });
  const temporal = new Client({ connection });
  try {
    let clientPeak: number | null = null;
    const ms = await timed(async () => {
      clientPeak = map.byHand ? await runByHand(temporal, map) : await runSluice(server.address, dir, map);
    });
    return {
      name: nameOf(map),
      seconds: ms / 1_000,
      items_per_second: map.items / (ms / 1_000),
      server_ms_an_item: perItem(map, await processorMs(server)),
      worker_ms_an_item: perItem(map, await processorMs(worker)),
      worker_peak_mb: await peakMemory(worker),
      client_peak_mb: clientPeak,
      ...(await histories(temporal)),
    };
  } finally {
    worker.kill('SIGTERM');
    await worker;
    await connection.close();
    await server.release();
    await rm(dir, { recursive: true, force: true });
  }
}

function startWorker(map: BigMap, address: string, store: string) {
  const script = fileURLToPath(new URL('raw-map-worker.ts', import.meta.url));
  const args = map.byHand
    ? ['--import', import.meta.resolve('jiti/register'), script, address, QUEUE]
    : [CLI, 'worker', '--address', address];
  return execa('node', args, { cwd: PROJECT, env: { BIG_MAP_STORE: store }, reject: false });
}

async function runByHand(temporal: Client, { items, batch }: BigMap): Promise<null> {
  const workflowId = `raw/${randomUUID()}`;
  const args = [items, batch, WINDOW, SHARDS];
  const done: unknown = await temporal.workflow.execute('rawShardedMap', {
    taskQueue: QUEUE,
    workflowId,
    args,
  });
  if (done !== items) throw new Error(`${String(done)} of ${items} items were done`);
  return null;
}

/** Runs it from a client process, as a person would, and gives the peak of that one's memory. */
async function runSluice(address: string, dir: string, map: BigMap): Promise<number | null> {
  const file = join(PROJECT, `${dir.split('-').at(-1)}.json`);
  await writeFile(file, JSON.stringify(definitionOf(map)));
  try {
    const client = execa('node', [CLI, 'run', file, '--address', address, '--json'], {
      cwd: PROJECT,
      env: { BIG_MAP_STORE: join(dir, 'store'), CI: '1' },
    });
    const peak = watchMemory(client);
    const { stdout } = await client;
    const result = JSON.parse(stdout) as { readonly outputs: { readonly counts: { succeeded: number } } };
    const { succeeded } = result.outputs.counts;
    if (succeeded !== map.items) throw new Error(`${succeeded} of ${map.items} items succeeded`);
    return await peak;
  } finally {
    await rm(file);
  }
}

function definitionOf({ items, batch }: BigMap): object {
  const action =
    batch === 1
      ? { uses: 'noop', with: { index: '${{ index }}' } }
      : { uses: 'noop-all', with: { items: '${{ batch }}' } };
  const map = { over: { range: items }, batch_size: batch, max_concurrency: WINDOW, collect: 'count' };
  return {
    name: 'big-map',
    stages: [{ id: 'each', ...action, map }],
    outputs: { counts: '${{ stages.each.output }}' },
  };
}

/** Processor time of a process so far; null as above. Linux counts it in hundredths of a second. */
async function processorMs({ pid }: { readonly pid?: number | undefined }): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The name before the last bracket may hold blanks; the two times are the 12th and 13th fields behind it.
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return ((user ?? 0) + (system ?? 0)) * 10;
}

function perItem({ items }: BigMap, ms: number | null): number | null {
  return ms === null ? null : ms / items;
}

async function histories(temporal: Client): Promise<{ largest_history: number; histories: number }> {
  let largest_history = 0;
  let count = 0;
  for await (const { historyLength = 0 } of temporal.workflow.list()) {
    largest_history = Math.max(largest_history, historyLength);
    count += 1;
  }
  return { largest_history, histories: count };
}
