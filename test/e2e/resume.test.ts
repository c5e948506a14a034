import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from '../../src/client/temporal-server/embedded-server.js';
import type { RunResult } from '../../src/engine/result.js';
import { runCli } from '../support/run-cli.js';
import { sluice } from '../support/sluice-process.js';

const definition = (check: string): string => `
name: shop
inputs:
  rows: { type: integer, default: 3 }
stages:
  - id: load
    run: [sh, -c, 'echo load >> ran; echo "{\\"rows\\": $ROWS}"']
    env: { ROWS: "\${{ inputs.rows }}" }
  - id: count
    depends_on: [load]
    set: { output: "\${{ stages.load.output.rows * 2 }}", state: { seen: "\${{ stages.load.output.rows }}" } }
  - id: check
    depends_on: [count]
    retry: { max_attempts: 1 }
    run: [sh, -c, 'echo check >> ran; ${check}']
  - id: report
    depends_on: [check]
    run: [sh, -c, 'echo report >> ran; echo "{\\"done\\": true}"']
outputs: { total: "\${{ stages.count.output }}", seen: "\${{ state.seen }}" }
`;

let dir: string;
let server: EmbeddedServer;
const ran = async (): Promise<readonly string[]> =>
  (await readFile(join(dir, 'ran'), 'utf8')).split('\n').filter((line) => line !== '');
const json = (text: string): unknown => JSON.parse(text);

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'sluice-resume-')));
  await writeFile(join(dir, 'shop.yaml'), definition('exit 3'));
  await writeFile(join(dir, 'fixed.yaml'), definition('true'));
  await writeFile(join(dir, 'other.yaml'), definition('true').replace('name: shop', 'name: other'));
  server = await startEmbeddedServer({ dir });
  await writeFile(join(dir, 'ran'), '');
  const failed = await sluice(dir, ['run', 'shop.yaml', '--id', 'bad', '--json']);
  expect(failed.exitCode, failed.stderr).toBe(1);
});
beforeEach(() => writeFile(join(dir, 'ran'), ''));
afterAll(async () => {
  await server.release();
  await rm(dir, { recursive: true, force: true });
});

describe('sluice resume', () => {
  it('shows the plan alone with --plan, with the reason for each stage, and starts nothing', async () => {
    const shown = await runCli(['resume', 'shop/bad', '--definition', 'fixed.yaml', '--plan', '--json'], {
      cwd: dir,
    });
    expect(shown.exitCode, shown.stderr).toBe(0);
    expect(shown.json()).toMatchObject({
      how: 'resume',
      from: { workflow_id: 'shop/bad', status: 'failed' },
      stages: {
        load: { verdict: 'reuse', reason: 'unchanged' },
        count: { verdict: 'reuse' },
        check: { verdict: 'run', reason: 'failed' },
        report: { verdict: 'run', reason: 'upstream', detail: '"check" runs again' },
      },
      inputs: { rows: 3 },
    });
    const words = await runCli(['resume', 'shop/bad', '--plan', '-i', 'rows=4'], { cwd: dir });
    expect(words.stdout).toContain('Resume of shop/bad (failed), 0 reused, 4 to run, 0 skipped');
    expect(words.stdout).toMatch(/load +▶ run +`env.ROWS` was "?3"? and is "?4"?/);
    expect(await ran()).toEqual([]);
  });

  it('does what the plan says and gives the result of a whole run', async () => {
    const resumed = await sluice(dir, [
      'resume',
      'shop/bad',
      '--definition',
      'fixed.yaml',
      '--id',
      'good',
      '--json',
    ]);
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    expect(await ran()).toEqual(['check', 'report']);
    const result = json(resumed.stdout) as RunResult;
    expect(result).toMatchObject({
      status: 'succeeded',
      outputs: { total: 6, seen: 3 },
      state: { seen: 3 },
      executed_stages: ['check', 'report'],
      resumed_from: { how: 'resume', workflow_id: 'shop/bad' },
      stages: { load: { status: 'reused', reused_from: 'shop/bad', output: { rows: 3 } } },
    });
    expect(resumed.stderr).toContain('2 reused, 2 to run, 0 skipped');
    const list = await runCli(['list', '--json'], { cwd: dir });
    const { runs } = list.json() as { runs: object[] };
    expect(runs).toContainEqual(
      expect.objectContaining({
        workflow_id: 'shop/good',
        resumed_from: expect.objectContaining({ workflow_id: 'shop/bad' }) as object,
      }),
    );
  });

  it('takes a run over that was itself resumed, and names the run that executed each stage', async () => {
    const again = await sluice(dir, ['resume', 'shop/good', '--from', 'report', '--json']);
    expect(again.exitCode, again.stderr).toBe(0);
    expect(await ran()).toEqual(['report']);
    const { stages } = json(again.stdout) as RunResult;
    expect(stages['load']?.reused_from).toBe('shop/bad');
    expect(stages['check']?.reused_from).toBe('shop/good');
  });

  it('resumes a run that was terminated', async () => {
    const args = ['run', 'shop.yaml', '--id', 'cut', '--json'];
    await writeFile(join(dir, 'slow.yaml'), definition('sleep 60'));
    const run = sluice(dir, args.with(1, 'slow.yaml'));
    await expect.poll(ran, { timeout: 30_000 }).toEqual(['load', 'check']);
    const ended = await runCli(['terminate', 'shop/cut', '--json'], { cwd: dir });
    expect(ended.exitCode, ended.stderr).toBe(0);
    await run;
    await writeFile(join(dir, 'ran'), '');
    // No command starts a worker of its own on a server that somebody names.
    const alone = ['--address', server.address, '--json'];
    const told = await runCli(['result', 'shop/cut', ...alone], { cwd: dir });
    expect(told.json()).toMatchObject({
      status: 'cancelled',
      error: { type: 'Terminated' },
      stages: { load: { status: 'succeeded', output: { rows: 3 } }, check: { status: 'cancelled' } },
    });
    const resumed = await sluice(dir, ['resume', 'shop/cut', '--definition', 'fixed.yaml', '--json']);
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    expect(await ran()).toEqual(['check', 'report']);
  });
});

describe('sluice fork and rerun', () => {
  it('make a variant with other inputs, and repeat a run as a whole', async () => {
    const fork = await sluice(dir, ['fork', 'shop/good', '--from', 'count', '-i', 'rows=5', '--json']);
    expect(fork.exitCode, fork.stderr).toBe(0);
    expect(json(fork.stdout)).toMatchObject({ outputs: { total: 10 }, resumed_from: { how: 'fork' } });
    await writeFile(join(dir, 'ran'), '');
    const rerun = await sluice(dir, ['rerun', 'shop/good', '--json']);
    expect(rerun.exitCode, rerun.stderr).toBe(0);
    expect(await ran()).toEqual(['load', 'check', 'report']);
    expect(json(rerun.stdout)).toMatchObject({ outputs: { total: 6 }, resumed_from: { how: 'rerun' } });
  });
});

describe('sluice diff', () => {
  it('shows where two runs differ, and says so by its exit code only when asked', async () => {
    const shown = await runCli(['diff', 'shop/bad', 'shop/good', '--json'], { cwd: dir });
    expect(shown.exitCode, shown.stderr).toBe(0);
    expect(shown.json()).toMatchObject({
      differs: true,
      runs: [{ workflow_id: 'shop/bad' }, { workflow_id: 'shop/good' }],
      inputs: [],
      outputs: [
        { path: 'total', after: 6 },
        { path: 'seen', after: 3 },
      ],
      stages: {
        load: { status: ['succeeded', 'reused'], output: [], differs: false },
        check: { status: ['failed', 'succeeded'], definition: [{ path: 'action.command.2' }] },
      },
    });
    const words = await runCli(['diff', 'shop/bad', 'shop/good', '--exit-code'], { cwd: dir });
    expect(words.exitCode).toBe(1);
    expect(words.stdout).toMatch(/check +failed → succeeded .* definition/);
    const same = await runCli(['diff', 'shop/good', 'shop/good', '--exit-code'], { cwd: dir });
    expect(same.exitCode).toBe(0);
    const unknown = await runCli(['diff', 'shop/good', 'shop/nothing', '--json'], { cwd: dir });
    expect(unknown.exitCode).toBe(2);
    expect(unknown.json()).toMatchObject({ error: { code: 'run_not_found' } });
  });
});

describe('what cannot be resumed is refused with what to do', () => {
  const refusal = async (...args: string[]) => {
    const outcome = await runCli([...args, '--json'], { cwd: dir });
    return {
      exitCode: outcome.exitCode,
      ...(outcome.json() as { error: { code: string; message: string; hint: string } }).error,
    };
  };

  it('an unknown run', async () => {
    expect(await refusal('resume', 'shop/nothing')).toMatchObject({ exitCode: 2, code: 'run_not_found' });
  });

  it('an unknown stage, with what was probably meant', async () => {
    expect(await refusal('resume', 'shop/bad', '--from', 'chek')).toMatchObject({
      exitCode: 2,
      code: 'unknown_stage',
      message: 'Pipeline "shop" has no stage "chek".',
      hint: 'Stages here: load, count, check, report. Did you mean "check"?',
    });
  });

  it('a definition of another pipeline', async () => {
    expect(await refusal('resume', 'shop/bad', '--definition', 'other.yaml')).toMatchObject({
      exitCode: 2,
      code: 'wrong_pipeline',
      message: 'The definition is of pipeline "other", and "shop/bad" is a run of "shop".',
    });
  });

  it('inputs that do not fit', async () => {
    expect(await refusal('resume', 'shop/bad', '-i', 'rows=many')).toMatchObject({
      exitCode: 2,
      code: 'invalid_inputs',
    });
  });

  it('a fork that would be a copy', async () => {
    expect(await refusal('fork', 'shop/bad')).toMatchObject({ exitCode: 2, code: 'usage' });
  });

  it('a run that goes on, which may be forked', async () => {
    const run = sluice(dir, ['run', 'slow.yaml', '--id', 'open', '--json']);
    await expect.poll(ran, { timeout: 30_000 }).toEqual(['load', 'check']);
    expect(await refusal('resume', 'shop/open')).toMatchObject({
      exitCode: 1,
      code: 'run_not_ended',
      message: 'The run "shop/open" has not ended, so it cannot be resumed.',
    });
    const fork = await runCli(['fork', 'shop/open', '--definition', 'fixed.yaml', '--plan', '--json'], {
      cwd: dir,
    });
    expect(fork.json()).toMatchObject({
      stages: { load: { verdict: 'reuse' }, check: { verdict: 'run', reason: 'never_ran' } },
    });
    run.kill('SIGINT');
    await run;
  });
});
