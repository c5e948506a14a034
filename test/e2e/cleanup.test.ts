import { readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  artifactsOf,
  cleanUp,
  type RunHandle,
  saveArtifact,
  type SluiceClient,
} from '../../src/client/index.js';
import { defineStage, z } from '../../src/index.js';
import type { BlobStore } from '../../src/storage/blob-store.js';
import { registerOwner } from '../../src/storage/owners.js';
import { createDataConverter, createFolderStore } from '../../src/worker/index.js';
import { workflowBundlePath } from '../../src/worker/workflow-bundle.js';
import { sluiceHere as sluice } from '../support/sluice-process.js';
import { compiled, type DevProject, startDevProject } from '../support/dev-project.js';

let letGo = (): void => undefined;
const released = new Promise<void>((resolve) => {
  letGo = resolve;
});
const held = { at: 0 };

const produce = defineStage({
  name: 'produce',
  params: z.object({ seed: z.string() }),
  run: async ({ params, ctx }) => {
    ctx.log.info('producing');
    await ctx.artifacts.write('model.txt', `model of ${params.seed}`);
    // Large enough for the store.
    return { rows: params.seed.repeat(200_000) };
  },
});
const consume = defineStage({
  name: 'consume',
  params: z.object({ rows: z.string(), hold: z.boolean() }),
  run: async ({ params, ctx }) => {
    if (!params.hold) return params.rows.length;
    held.at = Date.now();
    await ctx.artifacts.write('half.txt', 'written before it is told of');
    ctx.checkpoint({ big: 'c'.repeat(300_000) });
    await released;
    return params.rows.length;
  },
});

let project: DevProject;
let client: SluiceClient;
let folder: string;
let store: BlobStore;

beforeAll(async () => {
  project = await startDevProject({ stages: [produce, consume] });
  ({ client, folder, store } = project);
});
afterAll(async () => {
  letGo();
  await project?.close();
});

function start(seed: string, options: { readonly hold?: boolean; readonly fail?: boolean } = {}) {
  const { hold = false, fail = false } = options;
  const plan = compiled({
    name: 'demo',
    stages: [
      { id: 'produce', uses: 'produce', with: { seed }, cache: { max_age: '30d' } },
      {
        id: 'consume',
        uses: 'consume',
        with: { rows: '${{ stages.produce.output.rows }}', hold },
      },
      {
        id: 'check',
        gate: { checks: [{ name: 'length', assert: `stages.consume.output > ${fail ? 1e9 : 0}` }] },
      },
    ],
  });
  return client.start(plan, { key: seed });
}

/** Makes everything in the store that was written before a moment as old as a year. */
async function age(before = Infinity): Promise<void> {
  const root = join(folder, '.sluice/store');
  const old = new Date(Date.now() - 365 * 86_400_000);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await stat(path)).mtimeMs < before) await utimes(path, old, old);
  }
}

async function forget(run: RunHandle): Promise<void> {
  const { workflowId, runId } = run;
  const { namespace } = client.temporal.options;
  await client.temporal.workflowService.deleteWorkflowExecution({
    namespace,
    workflowExecution: { workflowId, runId },
  });
  const isThere = async (): Promise<boolean> => {
    for await (const execution of client.temporal.workflow.list()) if (execution.runId === runId) return true;
    return false;
  };
  while (await isThere()) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function replays(run: RunHandle): Promise<void> {
  const history = await client.temporal.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
  const options = {
    workflowBundle: { codePath: await workflowBundlePath() },
    dataConverter: createDataConverter(createFolderStore(join(folder, '.sluice/store'))),
  };
  await Worker.runReplayHistory(options, history, run.workflowId);
}

async function lineCount(run: RunHandle): Promise<number> {
  let count = 0;
  for await (const _line of run.logs()) count += 1;
  return count;
}

test('removes what only runs that are gone referred to, and nothing that a kept run needs', async () => {
  const good = await start('a');
  const failed = await start('b', { fail: true });
  const gone = await start('c');
  await Promise.all([good.result(), failed.result(), gone.result()]);
  const ended = Date.now();
  const open = await start('d', { hold: true });
  while (held.at === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const before = await good.result();
  await forget(gone);
  await store.put('mine/notes', Buffer.from('not of Sluice'));

  const young = await cleanUp(client.temporal, store);
  expect(young.removed).toMatchObject({ objects: { count: 0 }, logs: { count: 0 }, leftovers: { count: 0 } });
  expect(young.too_young.count).toBeGreaterThan(0);

  await age(ended);
  await writeFile(join(folder, '.sluice/store/.tmp-left'), 'half');
  await store.put('cache/leases/dead', Buffer.from('{}'));
  const dayAgo = new Date(Date.now() - 2 * 86_400_000);
  for (const file of ['.tmp-left', 'cache/leases/dead']) {
    await utimes(join(folder, '.sluice/store', file), dayAgo, dayAgo);
  }
  const cached = await store.list('cache/results/');
  const planned = await cleanUp(client.temporal, store, { dryRun: true });
  const report = await cleanUp(client.temporal, store);
  // The open run goes on writing meanwhile, so only what is removed stays the same.
  expect(report.removed).toEqual(planned.removed);
  expect(report).toMatchObject({ executions: 3, removed: { leftovers: { count: 2 } }, damaged: [] });
  // The payloads and the log of the run that is gone; its artifact is kept by the cached result.
  expect(report.removed.objects.count).toBeGreaterThan(0);
  expect(report.removed.logs.count).toBe(1);
  expect(await lineCount(gone)).toBe(0);
  expect(await store.list('cache/results/')).toEqual(cached);
  expect(await store.has('mine/notes')).toBe(true);

  expect(await good.result()).toEqual(before);
  expect((await failed.result()).failed_stages).toEqual(['check']);
  expect(await lineCount(good)).toBe(1);
  for (const artifact of artifactsOf(before)) {
    await saveArtifact(store, artifact, join(folder, 'fetched.txt'));
    expect((await stat(join(folder, 'fetched.txt'))).size).toBe(artifact.size_bytes);
  }
  letGo();
  const last = await open.result();
  expect(last.status).toBe('succeeded');
  expect(artifactsOf(last).map(({ name }) => name)).toEqual(['model.txt', 'half.txt']);
  for (const artifact of artifactsOf(last)) await saveArtifact(store, artifact, join(folder, 'fetched.txt'));
  for (const run of [good, failed, open]) await replays(run);
});

test('cached results that no stage would use go, and then what only they held', async () => {
  const items = await store.list('cache/results/');
  for (const key of items) {
    const text = (await store.get(key)).toString().replace(/"max_age_ms":\d+/, '"max_age_ms":1');
    await store.put(key, Buffer.from(text));
  }
  await age();
  const first = await cleanUp(client.temporal, store);
  expect(first.removed.cached_results.count).toBe(items.length);
  const second = await cleanUp(client.temporal, store);
  expect(second.removed.objects.count).toBeGreaterThan(0);
  const third = await cleanUp(client.temporal, store);
  expect(third.removed).toMatchObject({
    objects: { count: 0 },
    logs: { count: 0 },
    cached_results: { count: 0 },
  });
});

test('the command says what it did, and refuses a store that other namespaces use', async () => {
  const args = ['--address', project.server.address, '--json'];
  const listed = await sluice(folder, ['artifacts', 'demo/a', ...args]);
  expect(listed.exitCode, listed.stderr).toBe(0);
  expect(JSON.parse(listed.stdout)).toMatchObject({
    workflow_id: 'demo/a',
    artifacts: [{ stage: 'produce', name: 'model.txt', size_bytes: 10 }],
  });
  const fetched = await sluice(folder, [
    'artifacts',
    'demo/a',
    'model.txt',
    '--out',
    '-',
    '--address',
    project.server.address,
  ]);
  expect(fetched.stdout).toBe('model of a');
  const saved = await sluice(folder, ['artifacts', 'demo/a', 'model.txt', ...args]);
  expect(JSON.parse(saved.stdout)).toMatchObject({ path: expect.stringMatching(/model\.txt$/) });
  const twice = await sluice(folder, [
    'artifacts',
    'demo/a',
    'model.txt',
    '--address',
    project.server.address,
  ]);
  expect(twice).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('exists already') });
  const wrong = await sluice(folder, [
    'artifacts',
    'demo/a',
    'modle.txt',
    '--address',
    project.server.address,
  ]);
  expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('It has: model.txt.') });

  const dry = await sluice(folder, ['cleanup', '--dry-run', ...args]);
  expect(dry.exitCode, dry.stderr).toBe(0);
  expect(JSON.parse(dry.stdout)).toMatchObject({ dry_run: true, executions: 3 });
  const soon = await sluice(folder, ['cleanup', '--older-than', '10m', ...args]);
  expect(soon.exitCode).toBe(2);
  await registerOwner(store, {
    id: 'other-id',
    namespace: 'prod',
    address: 'temporal.example:7233',
    seen_at: '2026-01-01T00:00:00.000Z',
  });
  const shared = await sluice(folder, ['cleanup', ...args]);
  expect(shared.exitCode).toBe(1);
  expect(JSON.parse(shared.stdout)).toMatchObject({
    error: { code: 'store_shared', hint: expect.stringContaining('--ignore-namespace other-id') },
  });
  const ignored = await sluice(folder, ['cleanup', '--ignore-namespace', 'other-id', ...args]);
  expect(ignored.exitCode, ignored.stdout).toBe(0);
});
