import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from '../../src/client/temporal-server/embedded-server.js';
import type { Explanation } from '../../src/client/why/explain-run.js';
import type { RunResult } from '../../src/engine/result.js';
import { SluiceClient } from '../../src/client/sluice-client.js';
import type { ApprovalItem } from '../../src/client/approvals/list-approvals.js';
import { sluiceHere as sluice } from '../support/sluice-process.js';

const ASK = `
name: ship
stages:
  - id: build
    set: { output: 3 }
  - id: sign-off
    approval:
      message: "Ship \${{ stages.build.output }}?"
      approvers: [alice, bob]
      required: 2
      timeout: 2d
      evidence: { built: "\${{ stages.build.output }}" }
      fields: { traffic: { type: integer, required: true, minimum: 1 } }
  - id: ship
    set: { output: "\${{ stages['sign-off'].output.traffic }}" }
outputs: { traffic: "\${{ stages.ship.output }}" }
`;

const PARENT = `
name: parent
stages:
  - id: child
    pipeline: ship.yaml
`;

const CLI = join(import.meta.dirname, '../../dist/client/cli/main.js');

let dir: string;
let server: EmbeddedServer;
let worker: ReturnType<typeof startWorker>;
let client: SluiceClient;

function startWorker() {
  const env = { TEMPORAL_ADDRESS: undefined, TEMPORAL_PROFILE: undefined, TEMPORAL_NAMESPACE: undefined };
  return execa('node', [CLI, 'worker', '--address', server.address], { cwd: dir, env, reject: false });
}

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'sluice-approvals-')));
  await writeFile(join(dir, 'ship.yaml'), ASK);
  await writeFile(join(dir, 'parent.yaml'), PARENT);
  server = await startEmbeddedServer({ dir });
  worker = startWorker();
  client = await SluiceClient.connect({ connectionOptions: { address: server.address } });
});
afterAll(async () => {
  await client.close();
  worker.kill('SIGKILL');
  await worker;
  await server.release();
  await rm(dir, { recursive: true, force: true });
});

const keys = (text: string) => ({ SLUICE_APPROVAL_KEYS: text });

async function json<T>(args: readonly string[], env = {}): Promise<T> {
  const { stdout } = await sluice(dir, [...args, '--json'], env);
  expect(stdout).not.toContain('"error": {\n    "code"');
  return JSON.parse(stdout) as T;
}

/** Visibility lags behind the runs, so it is asked until it knows. */
async function untilListed(workflowId: string): Promise<ApprovalItem> {
  for (;;) {
    const { approvals } = await json<{ approvals: readonly ApprovalItem[] }>(['approvals']);
    const found = approvals.find(({ workflow_id }) => workflow_id === workflowId);
    if (found !== undefined) return found;
  }
}

/** Starts a run once the worker polls, which it does anew when a busy server has let its connection go. */
async function start(file: string, id: string, env = {}): Promise<string> {
  while (!(await client.hasWorker()));
  const { workflow_id } = await json<{ workflow_id: string }>(['run', file, '--id', id, '--detach'], env);
  return workflow_id;
}

describe('approvals from the command line', () => {
  it('are listed over all runs and decided by several people', async () => {
    const run = await start('ship.yaml', 'a');
    expect(await untilListed(run)).toMatchObject({
      pipeline: 'ship',
      stage: 'sign-off',
      message: 'Ship 3?',
      approvers: ['alice', 'bob'],
      approved_by: [],
      required: 2,
    });
    const why = await json<Explanation>(['why', run]);
    expect(why.stages.map(({ sentence }) => sentence.replace(/since \S+;.*it is/, 'since …; it is'))).toEqual(
      [
        '"sign-off" asks "Ship 3?" and waits for approval by alice, bob (0 of 2) since …; it is rejected.',
        '"ship" waits for stage "sign-off" (awaiting approval).',
      ],
    );
    const asked = await json<{ approvals: readonly unknown[] }>(['approvals', run]);
    const fields = { traffic: { type: 'integer', required: true, minimum: 1 } };
    expect(asked.approvals).toMatchObject([
      { stage: 'sign-off', evidence: { built: 3 }, fields, decisions: [] },
    ]);
    const shown = await sluice(dir, ['approvals', run, 'sign-off']);
    expect(shown.stdout).toContain('  traffic: integer, required, minimum 1\n');
    expect(shown.stdout).toContain(`sluice approve ${run} sign-off --field traffic=INTEGER`);
    expect(await sluice(dir, ['approvals', run, 'ship'])).toMatchObject({ exitCode: 1 });
    const first = await sluice(dir, ['approve', run, '--as', 'alice', '--field', 'traffic=10']);
    expect(first).toMatchObject({ exitCode: 0 });
    expect(first.stderr).toContain('Approved "sign-off" of "ship/a" as alice, 1 of 2 approvals so far.');
    const again = await sluice(dir, ['approve', run, 'sign-off', '--as', 'alice']);
    expect(again).toMatchObject({ exitCode: 1 });
    expect(again.stderr).toContain('"alice" has already approved stage "sign-off".');
    const outsider = await sluice(dir, ['approve', run, 'sign-off', '--as', 'mallory']);
    expect(outsider.stderr).toContain(
      '"mallory" is not among the approvers of stage "sign-off": alice, bob.',
    );
    worker.kill('SIGKILL');
    await worker;
    worker = startWorker();
    await json(['approve', run, '--as', 'bob', '--field', 'traffic=20']);
    const result = await json<RunResult>(['result', run]);
    expect(result.outputs).toEqual({ traffic: 20 });
    expect(result.stages['sign-off']?.approval?.decisions).toMatchObject([
      { by: 'alice', fields: { traffic: 10 }, via: 'update' },
      { by: 'bob', fields: { traffic: 20 }, via: 'update' },
    ]);
    const late = await sluice(dir, ['approve', run, '--as', 'bob']);
    expect(late).toMatchObject({ exitCode: 1 });
    expect(late.stderr).toContain('has ended already');
  });

  it('fail the run with exit code 1 when they are rejected', async () => {
    const run = await start('ship.yaml', 'b');
    await untilListed(run);
    expect(await sluice(dir, ['reject', run, '--as', 'bob'])).toMatchObject({ exitCode: 2 });
    await json(['reject', run, '--as', 'bob', '--comment', 'accuracy fell']);
    const { exitCode, stderr } = await sluice(dir, ['result', run]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('rejected by bob: accuracy fell');
  });

  it('name the child run that waits when its parent is named', async () => {
    const run = await start('parent.yaml', 'c');
    const child = await untilListed('ship/c.child');
    const asked = await sluice(dir, ['approve', run, '--as', 'alice']);
    expect(asked).toMatchObject({ exitCode: 1 });
    expect(asked.stderr).toContain('sluice approve ship/c.child sign-off');
    await json(['reject', child.workflow_id, '--as', 'alice', '--comment', 'no']);
    expect(await sluice(dir, ['result', run])).toMatchObject({ exitCode: 1 });
  });

  it('must be signed where the run was started with keys', async () => {
    const both = keys('alice=one,bob=two');
    const run = await start('ship.yaml', 'd', both);
    await untilListed(run);
    const approve = (as: string, env = {}) =>
      sluice(dir, ['approve', run, 'sign-off', '--as', as, '--field', 'traffic=5'], env);
    expect((await approve('alice')).stderr).toContain('must be signed');
    expect((await approve('alice', keys('alice=wrong'))).stderr).toContain('is not one of "alice"');
    expect((await approve('alice', keys('alice=one'))).exitCode).toBe(0);
    expect((await approve('bob', both)).exitCode).toBe(0);
    const result = await json<RunResult>(['result', run]);
    expect(result.stages['sign-off']?.approval?.decisions).toMatchObject([
      { by: 'alice', verified: true },
      { by: 'bob', verified: true },
    ]);
    expect(JSON.stringify(result)).not.toContain('one"');

    // Whoever repeats the run has no keys, and still it asks for signatures.
    const { workflow_id: again } = await json<{ workflow_id: string }>(['rerun', run, '--detach']);
    await untilListed(again);
    const unsigned = ['approve', again, 'sign-off', '--as', 'alice', '--field', 'traffic=5'];
    expect((await sluice(dir, unsigned)).stderr).toContain('must be signed');
    expect((await sluice(dir, ['cancel', again])).exitCode).toBe(0);
  });

  it('can be given by signal, as the Web UI does', async () => {
    const run = await start('ship.yaml', 'e');
    await untilListed(run);
    const { client } = await connect();
    await client.workflow.getHandle(run).signal('approve', { as: 'eve' });
    await client.workflow.getHandle(run).signal('approve', { as: 'alice', fields: { traffic: 7 } });
    await client.workflow
      .getHandle(run)
      .signal('approve', { stage: 'sign-off', as: 'bob', comment: 'by the Web UI' });
    const result = await json<RunResult>(['result', run]);
    expect(result.outputs).toEqual({ traffic: 7 });
  });
});

async function connect() {
  const { Client, Connection } = await import('@temporalio/client');
  return { client: new Client({ connection: await Connection.connect({ address: server.address }) }) };
}
