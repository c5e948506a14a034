import { existsSync } from 'node:fs';
import { mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StageTask } from '../../../src/shared/task.js';
import { activityRig, aTask } from './attempt-rig.js';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-command-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Params = { env?: object; cwd?: string | null; grace_ms?: number };

function aCommand(
  command: string | readonly string[],
  params: Params = {},
  task: Partial<StageTask> = {},
): StageTask {
  return aTask({
    params: JSON.parse(JSON.stringify({ command, env: {}, cwd: null, grace_ms: 300, ...params })),
    ...task,
  });
}

function rig(options: Parameters<typeof activityRig>[0] = {}) {
  const deps = { projectDir: folder, env: { PATH: process.env['PATH'] }, ...options.deps };
  const made = activityRig({ ...options, deps });
  return {
    ...made,
    runCommand: (...args: Parameters<typeof aCommand>) => made.run('sluice.run', aCommand(...args)),
  };
}

const node = process.execPath;
const script = (code: string): string[] => [node, '-e', code];

describe('the command', () => {
  test('is executed as it is when it is a list: no shell looks at it', async () => {
    const { output } = await rig().runCommand(
      script('console.log(JSON.stringify(process.argv.slice(1)))').concat('$HOME', 'a b', '*'),
    );
    expect(output).toEqual(['$HOME', 'a b', '*']);
  });

  test('takes text, numbers and flags only, and says which argument is something else', async () => {
    const task = aTask({ params: { command: ['echo', 1, { rows: 2 }] } });
    await expect(rig().run('sluice.run', task)).rejects.toMatchObject({
      type: 'ValidationError',
      message:
        'The command does not fit: at command[2]: must be text, a number, true or false, and is an object.',
    });
  });

  test('runs in sh when it is a string, and ends at the first failing line', async () => {
    expect(await rig().runCommand('x=5\necho "{\\"x\\": $x}"')).toEqual({ output: { x: 5 } });
    await expect(rig().runCommand('false\necho 1')).rejects.toMatchObject({ type: 'CommandError' });
  });

  test('runs in the folder it names, which is relative to the project', async () => {
    expect(await rig().runCommand(script('console.log(JSON.stringify(process.cwd()))'))).toEqual({
      output: folder,
    });
    await expect(rig().runCommand('true', { cwd: 'nothing/here' })).rejects.toMatchObject({
      type: 'CommandNotFound',
      nonRetryable: true,
      message: expect.stringContaining(join(folder, 'nothing/here')),
    });
  });

  test('that does not exist fails for good', async () => {
    await expect(rig().runCommand(['no-such-command-here', 'x'])).rejects.toMatchObject({
      type: 'CommandNotFound',
      nonRetryable: true,
      message: 'The command "no-such-command-here x" could not be started: it was not found on this worker.',
    });
  });

  test('that fails tells its exit code and its last lines', async () => {
    const code = `for (let i = 1; i <= 30; i++) console.log('line ' + i); console.error('boom'); process.exitCode = 3`;
    const error: unknown = await rig()
      .runCommand(script(code))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ type: 'CommandError', nonRetryable: false });
    expect(String(error)).toContain('exited with code 3. Its last lines:');
    expect(String(error)).toContain('line 30');
    expect(String(error)).toContain('boom');
    expect(String(error)).not.toContain('line 9\n');
  });

  test('that a signal ends is named with the signal', async () => {
    await expect(rig().runCommand('kill -9 $$')).rejects.toMatchObject({
      type: 'CommandError',
      message: 'The command "kill -9 $$" was ended by SIGKILL. It printed nothing.',
    });
  });
});

describe('the output', () => {
  test.each([
    [
      'the file $SLUICE_OUTPUT',
      `echo '{"printed": 1}'; printf '{"written": [1]}' > "$SLUICE_OUTPUT"`,
      { written: [1] },
    ],
    ['the last JSON line', `echo start; echo '{"a": 1}'; echo '{"a": 2}'; echo done`, { a: 2 }],
    ['a last line that is a plain value', 'echo text; echo 42', 42],
    ['nothing', 'echo hello', null],
  ])('comes from %s', async (_name, command, output) => {
    expect(await rig().runCommand(command)).toEqual({ output });
  });

  test('that is no JSON in $SLUICE_OUTPUT fails for good', async () => {
    await expect(rig().runCommand('echo nope > "$SLUICE_OUTPUT"')).rejects.toMatchObject({
      type: 'ValidationError',
      nonRetryable: true,
    });
  });

  test('goes to the log line by line, whatever its bytes and its length', async () => {
    const made = rig();
    const code = `
      process.stderr.write('warning\\n');
      process.stdout.write(Buffer.from([0xff, 0xfe, 0x00, 0x0a]));
      process.stdout.write('x'.repeat(3_000_000) + '\\r\\nlast');`;
    await made.runCommand(script(code));
    const lines = await made.logs();
    expect(lines).toContainEqual(
      expect.objectContaining({ stream: 'stderr', message: 'warning', level: 'info' }),
    );
    const stdout = lines.filter((line) => line.stream === 'stdout').map((line) => line.message);
    expect(stdout[0]).toBe('\ufffd\ufffd\u0000');
    expect(stdout.at(-1)).toBe('last');
    expect(Math.max(...stdout.map((line) => line.length))).toBeLessThan(17_000);
  });
});

describe('the environment', () => {
  const env = {
    PATH: process.env['PATH'],
    HOME: '/home/me',
    TEMPORAL_API_KEY: 'temporal-key',
    TEMPORAL_ADDRESS: 'here:7233',
    TOKEN: 'tok-12345',
    OTHER_SECRET: 'other-secret',
  };
  const show = script('console.log(JSON.stringify(process.env))');

  test('is the worker’s without secrets, with what the stage names and facts of the run', async () => {
    const made = rig({ deps: { env } });
    const params = { env: { N: 5, FLAG: true, LIST: [1], GONE: null } };
    const { output } = await made.runCommand(show, params, { secrets: ['TOKEN', 'OTHER_SECRET'] });
    expect(output).toMatchObject({
      HOME: '/home/me',
      TEMPORAL_ADDRESS: 'here:7233',
      N: '5',
      FLAG: 'true',
      LIST: '[1]',
      SLUICE_RUN_ID: 'run-1',
      SLUICE_WORKFLOW_ID: 'demo/1',
      SLUICE_STAGE: 'stage',
      SLUICE_ATTEMPT: '1',
    });
    for (const name of ['TEMPORAL_API_KEY', 'TOKEN', 'OTHER_SECRET', 'GONE'])
      expect(output).not.toHaveProperty(name);
  });

  test('holds the secrets that the stage passes on, which stay hidden in output, logs and errors', async () => {
    const made = rig({ deps: { env } });
    const task = {
      secrets: ['TOKEN'],
      secret_slots: [{ at: '/env/KEY', parts: [{ secret: 'TOKEN' }] }],
    };
    const params = { env: { KEY: '***' } };
    const command = `test "$KEY" = tok-12345; echo "key is $KEY"; echo "{\\"k\\": \\"$KEY\\"}"`;
    expect(await made.runCommand(command, params, task)).toEqual({ output: { k: '***' } });
    await expect(made.runCommand(`${command}; exit 1`, params, task)).rejects.toMatchObject({
      message: expect.not.stringContaining('tok-12345'),
    });
    expect(JSON.stringify(await made.logs())).not.toContain('tok-12345');
  });
});

describe('a command that is told to stop', () => {
  /** Starts a child of its own that ignores SIGTERM, and tells both process IDs. */
  const stubborn = (file: string): string =>
    `sh -c 'trap "" TERM; echo $$ > ${file}; while true; do sleep 0.05; done' &\nwhile [ ! -s ${file} ]; do sleep 0.02; done\necho ready\nwait`;

  async function ended(file: string): Promise<void> {
    const pid = Number(await readFile(file, 'utf8'));
    await expect.poll(() => isAlive(pid)).toBe(false);
  }

  test('is ended with its whole process group, also a grandchild that ignores SIGTERM', async () => {
    const file = join(folder, 'pid');
    const made = rig();
    const running = made.runCommand(stubborn(file));
    running.catch(() => undefined);
    await expect.poll(() => existsSync(file)).toBe(true);
    made.environment.cancel('CANCELLED');
    await expect(running).rejects.toMatchObject({ name: 'CancelledFailure' });
    await ended(file);
  });

  test('may clean up within its grace', async () => {
    const file = join(folder, 'cleaned');
    const made = rig();
    const command = `trap 'echo bye > ${file}; exit 0' TERM; touch ${file}.ready; while true; do sleep 0.02; done`;
    const running = made.runCommand(command, { grace_ms: 10_000 });
    running.catch(() => undefined);
    await expect.poll(() => existsSync(`${file}.ready`)).toBe(true);
    made.environment.cancel('WORKER_SHUTDOWN');
    await expect(running).rejects.toMatchObject({ type: 'WorkerShutdown', nonRetryable: false });
    expect(await readFile(file, 'utf8')).toBe('bye\n');
  });

  test('is ended on time by the limit of the attempt alone', async () => {
    const file = join(folder, 'pid');
    const made = rig({ info: { startToCloseTimeoutMs: 400 } });
    await expect(made.runCommand(stubborn(file))).rejects.toMatchObject({
      type: 'TimeoutError',
      message: 'Stage "stage" ran longer than its timeout of 400ms.',
    });
    await ended(file);
  });
});

test('a process left in the background does not outlive its command', async () => {
  const file = join(folder, 'pid');
  await rig().runCommand(`sleep 300 & echo $! > ${file}; echo '{"ok": true}'`);
  const pid = Number(await readFile(file, 'utf8'));
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test('a process that left the group and holds the output open does not hold the stage', async () => {
  const file = join(folder, 'pid');
  const code = `
    const child = require('child_process').spawn('sleep', ['60'], { detached: true, stdio: 'inherit' });
    require('fs').writeFileSync('${file}', String(child.pid));
    console.log('{"ok": true}');
    child.unref();`;
  expect(await rig().runCommand(script(code))).toEqual({ output: { ok: true } });
  process.kill(Number(await readFile(file, 'utf8')), 'SIGKILL');
});

describe('artifacts', () => {
  test('are stored from the folder of the command', async () => {
    const made = rig();
    const result = await made.runCommand(
      'mkdir -p out; printf hello > out/a.txt',
      {},
      { artifacts: ['out/a.txt'] },
    );
    const sha256 = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
    expect(result.artifacts).toEqual([{ name: 'out/a.txt', sha256, size_bytes: 5 }]);
    expect(made.store.blobs.get(`objects/2c/${sha256.slice(2)}`)?.toString()).toBe('hello');
  });

  test('that were not written fail the stage', async () => {
    await expect(rig().runCommand('true', {}, { artifacts: ['model.json'] })).rejects.toMatchObject({
      type: 'ArtifactMissing',
      message: expect.stringContaining('"model.json"'),
    });
  });

  test('may not lie outside of the folder', async () => {
    await writeFile(join(folder, '..', 'sluice-outside.txt'), 'x');
    await symlink(join(folder, '..', 'sluice-outside.txt'), join(folder, 'link.txt'));
    for (const name of ['../sluice-outside.txt', '/etc/hostname', 'link.txt']) {
      await expect(rig().runCommand('true', {}, { artifacts: [name] })).rejects.toMatchObject({
        type: 'ValidationError',
      });
    }
    await rm(join(folder, '..', 'sluice-outside.txt'));
  });
});

// A process that ended but that nobody has waited for yet does not count.
function isAlive(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}
