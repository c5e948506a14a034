import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SluiceClient } from '../../src/client/index.js';
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from '../../src/client/temporal-server/embedded-server.js';
import { freePorts } from '../../src/client/temporal-server/ports.js';
import { findServersOf } from '../../src/client/temporal-server/server-process.js';
import { loadConfig } from '../../src/worker/config.js';
import { startWorker } from '../../src/worker/create-worker.js';
import { runCli } from '../support/run-cli.js';
import { sluice } from '../support/sluice-process.js';

const QUICK = `
name: quick
stages: [{ id: one, set: { output: 1 } }]
outputs: { n: "\${{ stages.one.output }}" }
`;
const SLOW = `
name: slow
stages:
  - id: wait
    heartbeat_timeout: 2s
    retry: { max_attempts: 3, initial_delay: 100ms }
    # Goes on until the test says so, or has gone.
    run: [sh, -c, 'echo begun; while [ -e slow.yaml ] && [ ! -e end ]; do sleep 0.1; done']
finally:
  - { id: clean, run: [echo, cleaned] }
`;

let dir: string;
const servers: EmbeddedServer[] = [];

beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'sluice-servers-')));
  await writeFile(join(dir, 'quick.yaml'), QUICK);
  await writeFile(join(dir, 'slow.yaml'), SLOW);
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.release()));
  const left = await findServersOf(join(dir, '.sluice', 'temporal.db'));
  await rm(dir, { recursive: true, force: true });
  expect(left).toEqual([]);
});

async function startServer(): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({ dir, headless: true });
  servers.push(server);
  return server;
}

it('starts a server of its own, ends it with the run, and finds the run again on its data', async () => {
  const run = await sluice(dir, ['run', 'quick.yaml', '--id', 'first', '--json']);
  expect(run.exitCode, run.stderr).toBe(0);
  expect(await findServersOf(join(dir, '.sluice', 'temporal.db'))).toEqual([]);
  const result = await runCli(['result', 'quick', '--json'], { cwd: dir });
  expect(result.exitCode, result.stderr).toBe(0);
  expect(result.json()).toEqual(JSON.parse(run.stdout));
});

it('exits with 3 and says what to do when the server that somebody named does not answer', async () => {
  const [port = 0] = await freePorts(1);
  const env = { TEMPORAL_ADDRESS: `127.0.0.1:${port}` };
  for (const args of [['run', 'quick.yaml'], ['list']]) {
    const outcome = await runCli([...args, '--json'], { cwd: dir, env });
    expect(outcome.exitCode).toBe(3);
    const { error } = outcome.json() as { error: { code: string; message: string; hint: string } };
    expect(error.code).toBe('temporal_unreachable');
    expect(error.message).toContain(`No Temporal server answers at 127.0.0.1:${port}`);
    expect(error.hint).toContain('Check TEMPORAL_ADDRESS');
  }
});

it('hands a run to a named server where no worker polls, and says that it waits', async () => {
  const { address } = await startServer();
  const outcome = await runCli(
    ['run', 'quick.yaml', '--detach', '--id', 'later', '--json', '--address', address],
    { cwd: dir },
  );
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(outcome.json()).toMatchObject({ workflow_id: 'quick/later', run_id: expect.any(String) as string });
  expect(outcome.stderr).toContain('No worker polls task queue "sluice"; start one with "sluice worker".');
  const again = await runCli(['run', 'quick.yaml', '--detach', '--id', 'later', '--address', address], {
    cwd: dir,
  });
  expect(again.exitCode).toBe(1);
  expect(again.stderr).toContain('A run with the ID "quick/later" is running already.');
  expect(again.stderr).toContain('sluice watch quick/later');
  const status = await runCli(['status', 'quick/later', '--json', '--address', address], { cwd: dir });
  expect(status.json()).toMatchObject({
    status: 'running',
    notes: ['No worker answers on task queue "sluice".'],
  });

  const config = await loadConfig(dir);
  const connectionSettings = { connectionOptions: { address }, namespace: 'default', configured: true };
  const worker = await startWorker({ config, connectionSettings, log: pino({ level: 'silent' }) });
  const watched = await runCli(['watch', 'quick/later', '--json', '--address', address], { cwd: dir });
  await worker.stop();
  expect(watched.exitCode, watched.stderr).toBe(0);
  expect(watched.json()).toMatchObject({ status: 'succeeded', outputs: { n: 1 } });
});

it('does not leave a run behind on a local server without a worker', async () => {
  await startServer();
  const outcome = await runCli(['run', 'quick.yaml', '--detach'], { cwd: dir });
  expect(outcome.exitCode).toBe(3);
  expect(outcome.stderr).toContain('A detached run needs a worker that stays');
});

it('cancels the run on Ctrl-C, lets it clean up, and exits with 130', async () => {
  await startServer();
  const run = sluice(dir, ['run', 'slow.yaml', '--id', 'one', '--verbose']);
  await untilWritten(run.stderr, 'wait │ begun');
  run.kill('SIGINT');
  const outcome = await run;
  expect(outcome.exitCode, outcome.stderr).toBe(130);
  expect(outcome.stderr).toContain('Cancelling the run.');
  expect(outcome.stderr).toContain('slow cancelled in');
  const result = await runCli(['result', 'slow', '--json'], { cwd: dir });
  expect(result.exitCode).toBe(1);
  expect(result.json()).toMatchObject({
    status: 'cancelled',
    stages: { wait: { status: 'cancelled' } },
    hooks: { clean: { status: 'succeeded' } },
  });
});

it('only stops following on Ctrl-C when the work is done elsewhere', async () => {
  const { address } = await startServer();
  const run = sluice(dir, ['run', 'slow.yaml', '--id', 'two', '--address', address]);
  await untilWritten(run.stderr, 'No worker polls');
  run.kill('SIGINT');
  const outcome = await run;
  expect(outcome.exitCode).toBe(130);
  expect(outcome.stderr).toContain('The run goes on. Watch it with: sluice watch slow/two');
  const client = await SluiceClient.connect({ connectionOptions: { address } });
  const handle = await client.find('slow/two');
  expect((await handle.describe()).status.name).toBe('RUNNING');
  await client.close();
});

it('goes on with a run whose command was killed, when somebody watches it', async () => {
  await startServer();
  const run = sluice(dir, ['run', 'slow.yaml', '--id', 'three', '--verbose']);
  await untilWritten(run.stderr, 'wait │ begun');
  run.kill('SIGKILL');
  await run;
  await writeFile(join(dir, 'end'), '');
  const watched = await runCli(['watch', 'slow/three', '--json'], { cwd: dir });
  expect(watched.exitCode, watched.stderr).toBe(0);
  expect(watched.json()).toMatchObject({ status: 'succeeded', stages: { wait: { attempts: 2 } } });
});

it('ends a run that nobody works on any more when it is cancelled', async () => {
  const { address } = await startServer();
  await runCli(['run', 'slow.yaml', '--id', 'five', '--detach', '--address', address], { cwd: dir });
  const cancelled = await runCli(['cancel', 'slow/five'], { cwd: dir });
  expect(cancelled.exitCode, cancelled.stderr).toBe(0);
  expect(cancelled.stderr).toContain('"slow/five" has ended: cancelled.');
});

it('terminates a run that nobody works on', async () => {
  const { address } = await startServer();
  await runCli(['run', 'slow.yaml', '--id', 'four', '--detach', '--address', address], { cwd: dir });
  const ended = await runCli(['terminate', 'slow/four', '--reason', 'no longer needed'], { cwd: dir });
  expect(ended.exitCode, ended.stderr).toBe(0);
  const result = await runCli(['result', 'slow/four', '--json', '--address', address], { cwd: dir });
  expect(result.exitCode).toBe(1);
  expect(result.json()).toMatchObject({
    status: 'cancelled',
    error: { type: 'Terminated', message: expect.stringMatching(/^no longer needed/) as string },
  });
});

async function untilWritten(
  stream: AsyncIterable<unknown> & NodeJS.ReadableStream,
  text: string,
): Promise<void> {
  let seen = '';
  await new Promise<void>((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes(text)) resolve();
    });
    stream.on('end', () => reject(new Error(`It ended without "${text}":\n${seen}`)));
  });
}
