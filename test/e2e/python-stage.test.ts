import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/engine/result.js';
import type { JsonObject } from '../../src/shared/json.js';
import { getObject } from '../../src/storage/objects.js';
import { compiled, type DevProject, startDevProject } from '../support/dev-project.js';

const WORKER = fileURLToPath(new URL('../../examples/llama-mapper/python', import.meta.url));
const PYTHON = join(WORKER, '.venv/bin/python');

// A worker in Python is for those who have a Python that Temporal's library runs on.
const found = await execa(
  'python3',
  ['-c', 'import sys, venv, ensurepip; print(sys.version_info >= (3, 10))'],
  {
    reject: false,
  },
);
const hasPython = found.stdout === 'True';

let project: DevProject;
let worker: ReturnType<typeof spawnWorker> | null = null;

beforeAll(async () => {
  if (!hasPython) return;
  await execa('sh', ['setup.sh'], { cwd: WORKER, env: { PIP_RETRIES: '10' } });
  project = await startDevProject({ stages: [] });
  worker = spawnWorker();
  for await (const line of worker) if (line.startsWith('Serving')) break;
});
afterAll(async () => {
  worker?.kill('SIGTERM');
  await worker;
  await project?.close();
});

function spawnWorker() {
  const server = ['--address', project.server.address, '--store', join(project.folder, '.sluice/store')];
  const env = { DATA_KIND: 'mapper' };
  return execa(PYTHON, ['worker.py', ...server], { cwd: WORKER, env, reject: false });
}

/** A run of one stage on the worker in Python. */
async function run(uses: string, params: JsonObject, more: JsonObject = {}): Promise<RunResult> {
  const stage = { id: 'it', uses, task_queue: 'llama-mapper-python', with: params };
  const plan = compiled({ name: 'python', stages: [stage], ...more });
  return (await project.client.start(plan)).result();
}

async function rows(count: number): Promise<string> {
  const file = join(project.folder, `${count}.jsonl`);
  const row = { id: '1', text: 'win a prize', findings: [], code: 'spam.prize' };
  await mkdir(project.folder, { recursive: true });
  await writeFile(file, Array.from({ length: count }, () => JSON.stringify(row)).join('\n'));
  return file;
}

describe.skipIf(!hasPython)('a stage that a worker in Python serves', () => {
  it('gives output, metrics and artifacts like any other', async () => {
    const result = await run('measure-rows', { kind: 'mapper', train_file: await rows(600) });
    expect(result.status).toBe('succeeded');
    const { output, metrics, artifacts, attempts } = result.stages['it'] ?? {};
    expect(output).toMatchObject({ kind: 'mapper', rows: 600, answers: { 'spam.prize': 600 } });
    expect(metrics).toEqual({ rows_measured: 600 });
    expect(attempts).toBe(1);
    expect(artifacts).toEqual([expect.objectContaining({ name: 'mapper-rows.json' })]);
    const kept = await getObject(project.store, artifacts?.[0]?.sha256 ?? '');
    expect(JSON.parse(kept.toString('utf8'))).toMatchObject({ rows: 600 });
  });

  it('fails with a type of its own, and at once where trying again is of no use', async () => {
    const result = await run('measure-rows', { kind: 'mapper', train_file: '/nowhere' });
    expect(result.stages['it']).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: { type: 'DataError', message: 'There is no file "/nowhere". Prepare the data first.' },
    });
    const unfit = await run('train-model', { kind: 'poet' });
    expect(unfit.stages['it']?.error?.type).toBe('ValidationError');
    expect(unfit.stages['it']?.error?.message).toContain('at parameters.lora_r: ');
  });

  it('gets secrets from the environment of its own worker', async () => {
    const params = { kind: '${{ secrets.DATA_KIND }}', train_file: await rows(20) };
    const known = await run('measure-rows', params, { secrets: ['DATA_KIND'] });
    expect(known.stages['it']?.output).toMatchObject({ rows: 20 });
    const unknown = { ...params, kind: '${{ secrets.NO_KIND }}' };
    const missing = await run('measure-rows', unknown, { secrets: ['NO_KIND'] });
    expect(missing.stages['it']).toMatchObject({ attempts: 1, error: { type: 'SecretMissing' } });
  });

  it('is tested on its own too', async () => {
    const { stderr } = await execa(PYTHON, ['-m', 'unittest', 'tests.test_stages'], { cwd: WORKER });
    expect(stderr).toMatch(/Ran \d+ tests[^]*OK/);
  });
});
