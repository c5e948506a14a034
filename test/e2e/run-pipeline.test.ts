import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from '../../src/client/temporal-server/embedded-server.js';
import type { RunResult, RunStatus } from '../../src/engine/result.js';
import { runCli } from '../support/run-cli.js';
import { sluice } from '../support/sluice-process.js';

const DEFINITION = `
name: example
version: 1.2.0
inputs:
  who: { type: string, default: world }
  times: { type: integer, default: 2 }
  fail: { type: boolean, default: false }
failure: continue
stages:
  - id: load
    run: [sh, -c, 'echo loading >&2; echo "{\\"rows\\": 3}"']
  - id: flaky
    retry: { max_attempts: 3, initial_delay: 100ms }
    run: [sh, -c, 'if [ -e tried ]; then rm tried; else touch tried; echo no luck >&2; exit 3; fi']
  - id: big
    condition: inputs.times > 100
    run: [echo, big]
  - id: breaks
    condition: inputs.fail
    depends_on: [load]
    run: [sh, -c, 'printf "\\033[31mred news\\n" >&2; exit 7']
  - id: greet
    depends_on: [flaky]
    set: { output: "hello \${{ inputs.who }}, \${{ stages.load.output.rows }} rows" }
finally:
  - id: clean
    run: [echo, cleaned]
outputs: { text: "\${{ stages.greet.output }}" }
`;

let dir: string;
let server: EmbeddedServer;
let succeeded: RunResult;
let failed: RunResult;

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'sluice-run-')));
  await writeFile(join(dir, 'example.yaml'), DEFINITION);
  // Held for all tests, so that each command finds it instead of starting its own.
  server = await startEmbeddedServer({ dir });
  const good = await sluice(dir, ['run', 'example.yaml', '-i', 'who=Ada', '--id', 'good', '--json']);
  expect(good.exitCode, good.stderr).toBe(0);
  succeeded = JSON.parse(good.stdout) as RunResult;
  const bad = await sluice(dir, ['run', 'example.yaml', '-i', 'fail=true', '--id', 'bad', '--json']);
  expect(bad.exitCode, bad.stderr).toBe(1);
  failed = JSON.parse(bad.stdout) as RunResult;
});
afterAll(async () => {
  await server.release();
  await rm(dir, { recursive: true, force: true });
});

it('gives the result of a run that succeeded, with retries and skipped stages', () => {
  expect(succeeded).toMatchObject({
    pipeline: 'example',
    workflow_id: 'example/good',
    status: 'succeeded',
    success: true,
    outputs: { text: 'hello Ada, 3 rows' },
    skipped_stages: ['big', 'breaks'],
    failed_stages: [],
  });
  expect(succeeded.stages['flaky']).toMatchObject({ status: 'succeeded', attempts: 2 });
  expect(succeeded.stages['big']).toMatchObject({ status: 'skipped', skip_reason: 'condition' });
  expect(succeeded.hooks['clean']).toMatchObject({ status: 'succeeded' });
});

it('gives the result of a run that failed, with the stage and its last lines', () => {
  expect(failed).toMatchObject({ status: 'failed', success: false, failed_stages: ['breaks'] });
  expect(failed.error).toMatchObject({ type: 'CommandError', stage: 'breaks' });
  expect(failed.stages['greet']?.status).toBe('succeeded');
});

it('tells a run line by line where there is no terminal, and prints only the outputs on stdout', async () => {
  const run = await sluice(dir, ['run', 'example.yaml', '--verbose']);
  expect(run.exitCode).toBe(0);
  expect(JSON.parse(run.stdout)).toEqual({ text: 'hello world, 3 rows' });
  expect(run.stderr).toMatch(/Web UI: http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\/example%2F/);
  expect(run.stderr).toMatch(/✔ load succeeded in/);
  expect(run.stderr).toMatch(/✔ flaky succeeded in .*\(attempt 2\)/);
  expect(run.stderr).toContain('↷ big skipped: its condition is false');
  expect(run.stderr).toContain('load │ loading');
  expect(run.stderr).toMatch(/✔ example succeeded in/);
});

it('shows what a failed stage wrote without its control characters', async () => {
  const run = await runCli(['result', 'example/bad'], { cwd: dir });
  expect(run.exitCode).toBe(1);
  expect(run.stderr).toContain('red news');
  expect(run.stderr).not.toContain('\u001b');
  expect(run.stderr).toMatch(/✖ example failed in/);
});

it('lists runs, and finds them again by workflow ID, run ID and pipeline', async () => {
  const list = await runCli(['list', '--json'], { cwd: dir });
  const { runs } = JSON.parse(list.stdout) as { runs: { workflow_id: string; status: string }[] };
  expect(runs).toContainEqual(expect.objectContaining({ workflow_id: 'example/good', status: 'succeeded' }));
  expect(runs).toContainEqual(expect.objectContaining({ workflow_id: 'example/bad', status: 'failed' }));
  const only = await runCli(['list', '--status', 'failed', '--pipeline', 'example', '--json'], { cwd: dir });
  expect((JSON.parse(only.stdout) as { runs: unknown[] }).runs).toHaveLength(1);
  for (const name of ['example/good', succeeded.run_id]) {
    const result = await runCli(['result', name, '--json'], { cwd: dir });
    expect(JSON.parse(result.stdout)).toEqual(succeeded);
  }
  const latest = await runCli(['status', 'example', '--json'], { cwd: dir });
  expect(latest.exitCode).toBe(0);
  expect((JSON.parse(latest.stdout) as RunStatus).progress).toMatchObject({ total: 5, done: 5, fraction: 1 });
});

it('keeps what the stages wrote, by stage and attempt', async () => {
  const logs = await runCli(['logs', 'example/good', '--stage', 'flaky'], { cwd: dir });
  expect(logs.stdout).toBe('flaky │ no luck\n');
  const all = await runCli(['logs', 'example/good', '--json'], { cwd: dir });
  const { lines } = JSON.parse(all.stdout) as { lines: { stage: string }[] };
  expect(new Set(lines.map((line) => line.stage))).toEqual(new Set(['load', 'flaky', 'clean']));
  const missing = await runCli(['logs', 'example/good', '--stage', 'nope'], { cwd: dir });
  expect(missing.exitCode).toBe(2);
  expect(missing.stderr).toContain('has no stage "nope"');
});

it('reports everything that is wrong with the inputs before it looks for a server', async () => {
  const run = await runCli(
    ['run', 'example.yaml', '-i', 'whu=x', '-i', 'times=many', '--mode', 'daily', '--json'],
    { cwd: dir },
  );
  expect(run.exitCode).toBe(2);
  const { error } = JSON.parse(run.stdout) as { error: { code: string; message: string } };
  expect(error.code).toBe('invalid_inputs');
  expect(error.message).toContain(
    'input "whu" does not exist. Inputs: who, times, fail. Did you mean "who"?',
  );
  expect(error.message).toContain('input "times" must be an integer, got `"many"` (string)');
  expect(error.message).toContain('mode "daily" does not exist.');
});

it('says which runs exist when it is asked for one that does not', async () => {
  const status = await runCli(['status', 'example/none'], { cwd: dir });
  expect(status.exitCode).toBe(2);
  expect(status.stderr).toContain('No run has the workflow ID "example/none".');
  expect(status.stderr).toContain('example/good');
});

it('does not steer a run that has ended', async () => {
  for (const command of ['cancel', 'terminate']) {
    const outcome = await runCli([command, 'example/good'], { cwd: dir });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toContain('The run "example/good" has ended already.');
  }
});

it('refuses to start before what it requires has succeeded, unless it is forced', async () => {
  const stages = 'stages: [{ id: one, set: { output: 1 } }]';
  await writeFile(
    join(dir, 'late.yaml'),
    `name: late\nrequires: [{ pipeline: never-run, max_age: 1h }]\n${stages}\n`,
  );
  const refused = await sluice(dir, ['run', 'late.yaml']);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain('Pipeline "late" cannot run now: "never-run" has never succeeded.');
  expect((await sluice(dir, ['run', 'late.yaml', '--force'])).exitCode).toBe(0);
});
