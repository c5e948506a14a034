import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { graphDefinition, randomGraph } from '../../bench/shapes.js';
import { type RunHandle, SluiceClient } from '../../src/client/index.js';
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from '../../src/client/temporal-server/embedded-server.js';
import { compileDefinition } from '../../src/definition/compile.js';
import { defineStage, z } from '../../src/index.js';
import { createDataConverter } from '../../src/storage/external-storage-driver.js';
import { createStore } from '../../src/storage/create-store.js';
import { completeConfig } from '../../src/worker/config.js';
import { type RunningWorker, startWorker } from '../../src/worker/create-worker.js';

const STAGES = 10_000;
const EDGES = 30_000;

let dir: string;
let server: EmbeddedServer;
let worker: RunningWorker;
let client: SluiceClient;
let run: RunHandle;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-huge-'));
  server = await startEmbeddedServer({ dir, headless: true });
  const noop = defineStage({
    name: 'noop',
    params: z.object({ index: z.number() }),
    output: z.number(),
    run: ({ params, ctx }) => {
      ctx.metrics.add('ran', 1);
      return params.index;
    },
  });
  const config = completeConfig(
    { stages: [noop], worker: { slots: { activities: 500 } } },
    { file: null, projectDir: dir },
  );
  const connectionOptions = { address: server.address };
  worker = await startWorker({
    connectionSettings: { connectionOptions, namespace: server.namespace, configured: true },
    config,
    log: pino({ level: 'silent' }),
  });
  const dataConverter = createDataConverter(createStore(config.storage));
  client = await SluiceClient.connect({ connectionOptions, dataConverter });
});
afterAll(async () => {
  await client.close();
  await worker.stop();
  await server.release();
  await rm(dir, { recursive: true, force: true });
});

it('runs a graph of ten thousand stages over several histories, none of them long, and loses nothing', async () => {
  const { plan } = compileDefinition(graphDefinition('huge', randomGraph(STAGES, EDGES)), {
    catalog: null,
    env: {},
    file: 'huge.json',
  });
  if (plan === null) throw new Error('The graph is not a valid definition.');
  run = await client.start(plan, { key: 'graph' });
  const result = await run.result();
  expect(result.status).toBe('succeeded');
  expect(result.executed_stages).toHaveLength(STAGES);
  expect(result.metrics).toEqual({ ran: STAGES });
  expect(result.stages[`s${STAGES - 1}`]?.output).toBe(STAGES - 1);

  const lengths: number[] = [];
  for await (const execution of client.temporal.workflow.list({
    query: `WorkflowId = '${run.workflowId}'`,
  })) {
    lengths.push(execution.historyLength ?? 0);
  }
  expect(lengths.length).toBeGreaterThan(1);
  expect(Math.max(...lengths)).toBeLessThan(20_000);
});

it('tells its events over all of its histories, each once, and goes on in any of them', async () => {
  const completed = new Map<string, string>();
  const waves: number[] = [];
  for await (const { type, cursor, ...event } of run.events()) {
    if (type === 'wave' && 'number' in event) waves.push(event.number);
    if (type !== 'stage_completed' || !('stage' in event)) continue;
    expect(completed.has(event.stage), event.stage).toBe(false);
    completed.set(event.stage, cursor);
  }
  expect(completed.size).toBe(STAGES);
  expect(waves).toEqual(waves.map((_, i) => i + 1));
  const stages = [...completed.keys()];
  // In the last history: the reader before it may be long gone.
  const from = STAGES - 100;
  const rest: string[] = [];
  for await (const event of run.events({ after: completed.get(stages[from] ?? '') ?? '' })) {
    if (event.type === 'stage_completed') rest.push(event.stage);
  }
  expect(rest).toEqual(stages.slice(from + 1));
});
