import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../../src/client/temporal-server/ports.js';

const CLI = fileURLToPath(new URL('../../dist/client/cli/main.js', import.meta.url));
const DEFINITION = `name: hello
stages:
  - id: greet
    run: [echo, '"hello"']
outputs: { text: "\${{ stages.greet.output }}" }
`;

let dir: string;

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'sluice-cli-dev-')));
  await mkdir(join(dir, 'pipelines'));
  await writeFile(join(dir, 'pipelines', 'hello.yaml'), DEFINITION);
});

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

function sluice(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return execa(process.execPath, [CLI, ...args], { cwd: dir, reject: false, env });
}

test('dev serves runs from other terminals with its worker and ends cleanly on SIGTERM', async () => {
  const [port = 0, uiPort = 0] = await freePorts(2);
  const dev = sluice(['dev', '--port', String(port), '--ui-port', String(uiPort), '--json']);
  let shown = '';
  dev.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  await expect.poll(() => shown, { timeout: 60_000 }).toContain('}');
  expect(JSON.parse(shown)).toEqual({
    address: `127.0.0.1:${port}`,
    namespace: 'default',
    ui: `http://127.0.0.1:${uiPort}`,
  });

  const run = await sluice(['run', 'pipelines/hello.yaml', '--json'], {
    TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
  });
  expect(run.exitCode, run.stderr).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({ status: 'succeeded', outputs: { text: 'hello' } });

  const worker = sluice(['worker', '--json', '--identity', 'second'], {
    TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
  });
  let log = '';
  worker.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  await expect.poll(() => log, { timeout: 60_000 }).toContain('Worker started');
  worker.kill('SIGTERM');
  const stopped = await worker;
  expect(stopped.exitCode).toBe(0);
  expect(JSON.parse(stopped.stdout)).toEqual({ status: 'stopped', task_queue: 'sluice' });

  dev.kill('SIGTERM');
  expect(await dev).toMatchObject({ exitCode: 0 });
});
