import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SluiceClient } from '../../src/client/index.js';
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from '../../src/client/temporal-server/embedded-server.js';
import { compileDefinition } from '../../src/definition/compile.js';

const CLI = fileURLToPath(new URL('../../dist/client/cli/main.js', import.meta.url));
const PROJECT = fileURLToPath(new URL('fixtures/streams', import.meta.url));
const CHUNKS = 2_000;

let dir: string;
let server: EmbeddedServer;
let client: SluiceClient;
let worker: ReturnType<typeof command>;

function command(...args: readonly string[]) {
  return execa('node', [CLI, ...args, '--address', server.address], {
    cwd: PROJECT,
    reject: false,
    buffer: false,
  });
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-streams-'));
  server = await startEmbeddedServer({ dir, headless: true });
  client = await SluiceClient.connect({
    connectionOptions: { address: server.address },
    taskQueue: 'streams',
  });
  worker = command('worker');
});
afterAll(async () => {
  worker.kill('SIGKILL');
  await client.close();
  await server.release();
  await rm(dir, { recursive: true, force: true });
  await rm(join(PROJECT, '.sluice'), { recursive: true, force: true });
});

type Line = {
  readonly type: string;
  readonly cursor: string;
  readonly index?: number;
  readonly stage?: string;
};

/** Reads with a process that is killed after so many lines, and goes on with another one where it was. */
async function readWithKills(
  args: readonly string[],
  killAfter: readonly number[],
): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const most of [...killAfter, Infinity]) {
    const last = lines.at(-1);
    const reader = command(
      ...args,
      '--follow',
      '--json',
      ...(last === undefined ? [] : ['--after', last.cursor]),
    );
    let count = 0;
    for await (const line of createInterface({ input: reader.stdout })) {
      const { type, cursor, index, stage } = JSON.parse(line) as Line;
      lines.push({
        type,
        cursor,
        ...(index === undefined ? {} : { index }),
        ...(stage === undefined ? {} : { stage }),
      });
      count += 1;
      if (count === most) break;
    }
    reader.kill('SIGKILL');
    await reader;
  }
  return lines;
}

/** What a person sees who follows the log. */
async function logged(run: string): Promise<string> {
  const { stdout } = await execa('node', [CLI, 'logs', run, '--follow', '--address', server.address], {
    cwd: PROJECT,
  });
  return stdout;
}

it('gives 20 MB of chunks and all events to readers that are killed on the way, without loss or repeats', async () => {
  const stages = [
    {
      id: 'produce',
      uses: 'produce',
      with: { chunks: CHUNKS, breaks: true },
      retry: { initial_delay: '100ms' },
    },
    { id: 'after', depends_on: ['produce'], set: { output: '${{ stages.produce.output.done }}' } },
  ];
  const { plan } = compileDefinition(
    { name: 'streams', stages },
    { catalog: null, env: {}, file: 'streams.yaml' },
  );
  if (plan === null) throw new Error('The definition is wrong.');
  const run = await client.start(plan);
  const [chunks, events, log] = await Promise.all([
    readWithKills(['stream', run.workflowId, 'produce'], [700, 700]),
    readWithKills(['events', run.workflowId, '--chunks'], [2, 1_200]),
    logged(run.workflowId),
  ]);
  const all = Array.from({ length: CHUNKS }, (_, i) => i);
  expect(chunks.map(({ type }) => type)).toEqual(all.map(() => 'chunk'));
  expect(chunks.map(({ index }) => index)).toEqual(all);
  const yielded = events.filter(({ type }) => type === 'stage_chunk');
  expect(yielded.map(({ index }) => index)).toEqual(all);
  const types = events.map(({ type, stage }) => `${type} ${stage ?? ''}`);
  expect(types.indexOf('stage_started produce')).toBeLessThan(types.indexOf('stage_chunk produce'));
  expect(types.lastIndexOf('stage_chunk produce')).toBeLessThan(types.indexOf('stage_completed produce'));
  // Ten lines at most of what comes together, and none of them long.
  const marked = log
    .split('\n')
    .filter((line) => line.startsWith('produce » ') || line.startsWith('produce#2 » '));
  expect(marked[0]).toMatch(/^produce » \{"n":0,"text":"x+…$/);
  expect(marked.some((line) => /» … and \d+ more chunks$/.test(line))).toBe(true);
  expect(Math.max(...marked.map(({ length }) => length))).toBeLessThan(500);
  const lasting = events.filter(({ type }) => type !== 'stage_progress' && type !== 'stage_chunk');
  expect(lasting.map(({ type, stage }) => [type, stage ?? ''])).toEqual([
    ['run_started', ''],
    ['wave', ''],
    ['stage_started', 'produce'],
    ['stage_error', 'produce'],
    ['stage_completed', 'produce'],
    ['wave', ''],
    ['stage_started', 'after'],
    ['stage_completed', 'after'],
    ['run_ended', ''],
  ]);
  const history = await client.temporal.workflow.getHandle(run.workflowId).fetchHistory();
  expect(JSON.stringify(history).length).toBeLessThan(200_000);
  expect((await run.result()).stages['after']?.output).toBe(CHUNKS);
});
