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
  const [chunks, events] = await Promise.all([
    readWithKills(['stream', run.workflowId, 'produce'], [700, 700]),
    readWithKills(['events', run.workflowId], [2, 2]),
  ]);
  expect(chunks.map(({ type }) => type)).toEqual(Array.from({ length: CHUNKS }, () => 'chunk'));
  expect(chunks.map(({ index }) => index)).toEqual(Array.from({ length: CHUNKS }, (_, i) => i));
  const lasting = events.filter(({ type }) => type !== 'stage_progress');
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
