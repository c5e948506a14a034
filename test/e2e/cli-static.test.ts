import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePorts } from '../../src/client/temporal-server/ports.js';

const CLI = fileURLToPath(new URL('../../dist/client/cli/main.js', import.meta.url));

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  const stages = Array.from({ length: 2000 }, (_, i) => ({ id: `s${i}`, set: { output: i } }));
  await writeFile(join(dir, 'large.json'), JSON.stringify({ name: 'large', version: '1.0.0', stages }));
  await writeFile(join(dir, 'bad.yaml'), 'name: bad\n');
});

afterAll(async () => {
  await rm(dir, { recursive: true });
});

function sluice(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return execa(process.execPath, [CLI, ...args], { cwd: dir, reject: false, env, timeout: 60_000 });
}

describe('the sluice process', () => {
  test('can be run as a program', async () => {
    expect(await readFile(CLI, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test('exits with 0 after success and with 2 after a faulty definition', async () => {
    const good = await sluice(['validate', 'large.json']);
    expect(good).toMatchObject({ exitCode: 0, stdout: '✓ large.json is valid', stderr: '' });
    const bad = await sluice(['validate', 'bad.yaml']);
    expect(bad.exitCode).toBe(2);
    expect(bad.stdout).toContain('bad.yaml:1:1');
  });

  test('exits with 2 after an unknown command', async () => {
    expect(await sluice(['nothing'])).toMatchObject({ exitCode: 2, stdout: '' });
  });

  test('prints a long result completely into a pipe', async () => {
    const { exitCode, stdout } = await sluice(['plan', 'large.json', '--json']);
    expect(exitCode).toBe(0);
    expect(stdout.length).toBeGreaterThan(500_000);
    expect(Object.keys((JSON.parse(stdout) as { stages: object }).stages)).toHaveLength(2000);
  });

  test('ends without a word when nobody reads its output any more', async () => {
    const command = '"$NODE" "$CLI" plan large.json --json | head -n 1; echo "${PIPESTATUS[0]}"';
    const { stdout, stderr } = await execa('bash', ['-c', command], {
      cwd: dir,
      env: { NODE: process.execPath, CLI },
    });
    expect(stdout).toBe('{\n0');
    expect(stderr).toBe('');
  });

  test('prints no colours into a pipe', async () => {
    const { stderr } = await sluice(['plan', 'bad.yaml'], { FORCE_COLOR: '' });
    expect(stderr).toContain('error');
    expect(stderr).not.toContain('\u001B');
  });

  test('exits with 3 and says what to do when the configured server cannot be reached', async () => {
    const [port = 0] = await freePorts(1);
    const { exitCode, stdout } = await sluice(['worker', '--json'], {
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
    });
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'temporal_unreachable',
        message: expect.stringContaining('Temporal cannot be reached') as string,
        hint: expect.stringContaining('TEMPORAL_ADDRESS') as string,
      },
    });
  });

  test('refuses what is no file at once, however long reading it would take', async () => {
    const endless = await sluice(['validate', '/dev/zero']);
    expect(endless.exitCode).toBe(2);
    expect(endless.stdout).toContain('the file cannot be read (it is not a regular file)');
  });

  test('ends with 130 when it is interrupted before its work is done', async () => {
    // A server that takes connections and never says a word.
    const silent = createServer();
    const connected = new Promise((resolve) => silent.once('connection', resolve));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const running = sluice(['list'], { TEMPORAL_ADDRESS: `127.0.0.1:${port}` });
    await connected;
    running.kill('SIGINT');
    expect(await running).toMatchObject({ exitCode: 130, stdout: '', stderr: '' });
    silent.close();
  });
});

describe('completion in bash', () => {
  test('completes commands, options and their values', async () => {
    const script = `
      sluice() { "$NODE" "$CLI" "$@"; }
      source <(sluice completion bash)
      complete_line() {
        COMP_LINE="$1"; COMP_POINT=\${#1}; read -ra COMP_WORDS <<< "$1"
        [[ "$1" == *" " ]] && COMP_WORDS+=("")
        COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
        COMPREPLY=(); _sluice_completion; echo "\${COMPREPLY[*]}"
      }
      complete_line 'sluice va'
      complete_line 'sluice graph x.yaml --format '
      complete_line 'sluice graph x.yaml --form'`;
    const { stdout } = await execa('bash', ['-c', script], { env: { NODE: process.execPath, CLI } });
    expect(stdout.split('\n')).toEqual(['validate', 'mermaid dot svg html', '--format']);
  });
});
