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

const isReady = await isSetUp();

let project: DevProject;
let worker: ReturnType<typeof spawnWorker> | null = null;

beforeAll(async () => {
  if (!isReady) return;
  project = await startDevProject({ stages: [] });
  // Whatever comes before it polls waits for it.
  worker = spawnWorker();
});
afterAll(async () => {
  worker?.kill('SIGTERM');
  await worker;
  await project?.close();
});

/**
 * Makes the environment of the worker. Where there is no Python that Temporal's library runs on, or its packages cannot be
 * had in time, there is nothing to test.
 */
async function isSetUp(): Promise<boolean> {
  const script = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
  const python = await execa('python3', ['-c', script], { reject: false });
  if (python.failed) return false;
  // A download that stalls is begun again, not waited for.
  const env = { PIP_DEFAULT_TIMEOUT: '15', PIP_RETRIES: '8' };
  const made = await execa('sh', ['setup.sh'], { cwd: WORKER, env, reject: false, timeout: 150_000 });
  if (made.failed) process.stderr.write(`The tests of a worker in Python are left out: ${made.stderr}\n`);
  return !made.failed;
}

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

describe.skipIf(!isReady)('a stage that a worker in Python serves', () => {
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
