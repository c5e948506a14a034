import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { startEmbeddedServer } from '../src/client/temporal-server/embedded-server.js';
import { peakMemory, watchMemory } from './process-memory.js';
import { timed } from './stats.js';

export const STREAM_MB = 100;
const CHUNK_BYTES = 10_000;

/** So many chunks a reader takes in before it is killed; the last one reads to the end. */
const KILLED_AFTER = [2_000, 5_000];

export type StreamFigures = {
  readonly megabytes: number;
  readonly chunks: number;
  readonly seconds: number;
  /** Readers that were killed; each next one went on after the last chunk that was taken in. */
  readonly kills: number;
  /** Most memory that the processes ever held; null where the system does not tell. */
  readonly worker_idle_mb: number | null;
  readonly worker_peak_mb: number | null;
  readonly reader_peak_mb: number | null;
};

const CLI = fileURLToPath(new URL('../dist/client/cli/main.js', import.meta.url));
const PROJECT = fileURLToPath(new URL('stream', import.meta.url));

/** A stage gives chunks while readers in processes of their own follow it, two of which are killed on the way. */
export async function measureStream(): Promise<StreamFigures> {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-stream-'));
  const server = await startEmbeddedServer({ dir, headless: true });
  const cli = (...args: readonly string[]) =>
    command([...args, '--address', server.address], join(dir, 'store'));
  const worker = cli('worker');
  const file = join(PROJECT, `${dir.split('-').at(-1)}.json`);
  try {
    await writeFile(file, JSON.stringify(definition(1, 'warm-up')));
    await cli('run', file, '--json');
    const worker_idle_mb = await peakMemory(worker);
    await writeFile(file, JSON.stringify(definition(STREAM_MB, 'stream')));
    let reader_peak_mb: number | null = null;
    let chunks = 0;
    const ms = await timed(async () => {
      await cli('run', file, '--detach', '--id', 'measured', '--json');
      ({ chunks, peak: reader_peak_mb } = await readWithKills((...more) =>
        cli('stream', 'stream/measured', 'produce', '--follow', '--json', ...more),
      ));
    });
    const expected = (STREAM_MB * 1_000_000) / CHUNK_BYTES;
    if (chunks !== expected) throw new Error(`${chunks} of ${expected} chunks arrived`);
    return {
      megabytes: STREAM_MB,
      chunks,
      seconds: ms / 1_000,
      kills: KILLED_AFTER.length,
      worker_idle_mb,
      worker_peak_mb: await peakMemory(worker),
      reader_peak_mb,
    };
  } finally {
    worker.kill('SIGTERM');
    await worker;
    await server.release();
    await rm(dir, { recursive: true, force: true });
    await rm(file, { force: true });
  }
}

function definition(megabytes: number, name: string): object {
  const given = { megabytes, chunk_bytes: CHUNK_BYTES };
  return { name, stages: [{ id: 'produce', uses: 'produce', with: given }] };
}

function command(args: readonly string[], store: string) {
  const env = { STREAM_STORE: store };
  return execa('node', [CLI, ...args], { cwd: PROJECT, env, reject: false, buffer: false });
}

/** Counts the chunks, each of which must follow the one before it, over all readers. */
async function readWithKills(
  start: (...more: readonly string[]) => ReturnType<typeof command>,
): Promise<{ readonly chunks: number; readonly peak: number | null }> {
  let chunks = 0;
  let cursor: string | null = null;
  let peak: number | null = null;
  for (const most of [...KILLED_AFTER, Infinity]) {
    const reader = start(...(cursor === null ? [] : ['--after', cursor]));
    const watched = watchMemory(reader);
    for await (const line of createInterface({ input: reader.stdout })) {
      const item = JSON.parse(line) as { readonly index: number; readonly cursor: string };
      if (item.index !== chunks) throw new Error(`chunk ${item.index} came in the place of ${chunks}`);
      chunks += 1;
      cursor = item.cursor;
      if (chunks >= most) break;
    }
    reader.kill('SIGKILL');
    await reader;
    const held = await watched;
    peak = held === null ? peak : Math.max(peak ?? 0, held);
  }
  return { chunks, peak };
}
