import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SluiceClient } from '../../src/client/index.js';
import { ensureTemporalCli } from '../../src/client/temporal-server/locate.js';
import { compileDefinition } from '../../src/definition/compile.js';
import { defineStage, z } from '../../src/index.js';
import {
  completeConfig,
  createDataConverter,
  createFolderStore,
  type RunningWorker,
  startWorker,
} from '../../src/worker/index.js';

const SIZE = 50_000_000;

const make = defineStage({
  name: 'make',
  params: z.object({ size: z.number() }),
  run: ({ params }) => 'x'.repeat(params.size),
});
const pass = defineStage({
  name: 'pass',
  params: z.object({ value: z.string(), stage: z.number() }),
  run: ({ params, ctx }) => {
    ctx.metrics.add('bytes', params.value.length);
    return params.value;
  },
});

let server: TestWorkflowEnvironment;
let worker: RunningWorker;
let client: SluiceClient;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-big-'));
  const { path } = await ensureTemporalCli();
  server = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path }, log: { format: 'json', level: 'error' } },
  });
  const namespace = server.namespace ?? 'default';
  const connectionOptions = { address: server.address };
  const store = createFolderStore(join(folder, '.sluice/store'));
  client = await SluiceClient.connect({
    store,
    connectionOptions,
    namespace,
    dataConverter: createDataConverter(store),
  });
  worker = await startWorker({
    connectionSettings: { connectionOptions, namespace, configured: true },
    config: completeConfig({ stages: [make, pass] }, { file: null, projectDir: folder }),
    log: pino({ level: 'silent' }),
  });
});

afterAll(async () => {
  await worker?.stop();
  await client?.close();
  await server?.teardown();
  await rm(folder, { recursive: true, force: true });
});

test('a value of 50 MB goes through a chain of ten stages', async () => {
  const stages = Array.from({ length: 9 }, (_, index) => ({
    id: `s${index + 1}`,
    uses: 'pass',
    with: { value: `\${{ stages.s${index}.output }}`, stage: index },
  }));
  const definition = {
    name: 'chain',
    stages: [{ id: 's0', uses: 'make', with: { size: SIZE } }, ...stages],
    outputs: { size: '${{ size(stages.s9.output) }}' },
  };
  const { plan, problems } = compileDefinition(definition, { catalog: null, env: {} });
  if (plan === null) throw new Error(JSON.stringify(problems));
  const run = await client.start(plan);
  const result = await run.result();
  expect(result.error).toBeNull();
  expect(result).toMatchObject({ status: 'succeeded', outputs: { size: SIZE } });
  expect(result.metrics['bytes']).toBe(9 * SIZE);
  const { output, output_ref } = result.stages['s9'] ?? {};
  expect(output).toHaveLength(SIZE);
  expect(output_ref).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), size_bytes: SIZE + 2 });
  const named = await run.result({ outputs: false });
  expect(named.stages['s9']).toMatchObject({ output: null, output_ref });
});
