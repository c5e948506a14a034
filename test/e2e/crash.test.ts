import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SluiceClient } from '../../src/client/index.js';
import type { RunHandle } from '../../src/client/run-handle.js';
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from '../../src/client/temporal-server/embedded-server.js';
import { compileDefinition } from '../../src/definition/compile.js';
import type { Plan } from '../../src/engine/plan.js';

const CLI = fileURLToPath(new URL('../../dist/client/cli/main.js', import.meta.url));
const PROJECT = fileURLToPath(new URL('fixtures/crash', import.meta.url));
const STAGES = 20;

type Entry = {
  readonly event: 'start' | 'end';
  readonly stage: string;
  readonly attempt: number;
  readonly at: number;
};

let dir: string;
let book: string;
let server: EmbeddedServer;
let client: SluiceClient;
let worker: ReturnType<typeof spawnWorker> | null = null;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-crash-'));
  book = join(dir, 'book.jsonl');
  await writeFile(book, '');
  server = await startEmbeddedServer({ dir, headless: true });
  client = await SluiceClient.connect({ connectionOptions: { address: server.address }, taskQueue: 'crash' });
});
afterEach(async () => {
  worker?.kill('SIGKILL');
  await client.close();
  await server.release();
  await rm(dir, { recursive: true, force: true });
});

function startWorker(): void {
  worker = spawnWorker();
}

function spawnWorker() {
  return execa('node', [CLI, 'worker', '--address', server.address], {
    cwd: PROJECT,
    env: { CRASH_BOOK: book },
    reject: false,
  });
}

/** A chain, so that each kill meets exactly one running stage. */
function plan(): Plan {
  const { plan: made, problems } = compileDefinition(
    {
      name: 'crash',
      defaults: { retry: { max_attempts: 100, initial_delay: '100ms', backoff: 1 }, heartbeat_timeout: '1s' },
      stages: Array.from({ length: STAGES }, (_, index) => ({
        id: `s${index}`,
        uses: 'step',
        with: { index },
        ...(index === 0 ? {} : { depends_on: [`s${index - 1}`] }),
      })),
    },
    { catalog: null, env: {}, file: 'crash.yaml' },
  );
  if (made === null) throw new Error(problems.map((problem) => problem.message).join('\n'));
  return made;
}

async function entries(): Promise<readonly Entry[]> {
  const text = await readFile(book, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
}

const booked = (event: Entry['event'], stage: string): Promise<void> =>
  vi.waitFor(
    async () => {
      const found = (await entries()).some((entry) => entry.event === event && entry.stage === stage);
      expect(found).toBe(true);
    },
    { timeout: 60_000, interval: 10 },
  );

/** Every stage completed once, and none was started again after its completion had reached the server. */
async function expectNothingLostOrRepeated(run: RunHandle): Promise<void> {
  const result = await run.result();
  expect(result.status).toBe('succeeded');
  expect(result.executed_stages).toHaveLength(STAGES);
  const { events = [] } = await client.temporal.workflow.getHandle(run.workflowId).fetchHistory();
  const scheduled = new Map<string, string>();
  const completed = new Map<string, number>();
  for (const event of events ?? []) {
    const id = event.activityTaskScheduledEventAttributes?.activityId;
    if (id !== undefined && id !== null) scheduled.set(String(event.eventId), id);
    const done = event.activityTaskCompletedEventAttributes;
    if (done === undefined || done === null) continue;
    const stage = scheduled.get(String(done.scheduledEventId)) ?? '';
    expect(completed.has(stage)).toBe(false);
    completed.set(stage, Number(event.eventTime?.seconds) * 1_000 + Number(event.eventTime?.nanos) / 1e6);
  }
  expect(completed.size).toBe(STAGES);
  for (const entry of await entries()) {
    if (entry.event === 'start') expect(entry.at).toBeLessThanOrEqual(completed.get(entry.stage) ?? 0);
  }
}

describe('a run of twenty stages', () => {
  it('survives kill -9 of its worker at twenty moments', async () => {
    startWorker();
    const run = await client.start(plan(), { key: 'workers' });
    for (let kill = 0; kill < STAGES; kill += 1) {
      await booked(kill % 2 === 0 ? 'start' : 'end', `s${kill}`);
      worker?.kill('SIGKILL');
      await worker;
      startWorker();
    }
    await expectNothingLostOrRepeated(run);
  });

  it('survives kill -9 of the embedded server at five moments', async () => {
    startWorker();
    const run = await client.start(plan(), { key: 'servers' });
    for (const stage of [1, 5, 9, 13, 17]) {
      await booked(stage % 4 === 1 ? 'start' : 'end', `s${stage}`);
      process.kill(server.pid, 'SIGKILL');
    }
    await expectNothingLostOrRepeated(run);
  });
});
