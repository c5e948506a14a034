import { describe, expect, test } from 'vitest';
import { runCli } from '../../../support/run-cli.js';

const COMMANDS = [
  'init',
  'dev',
  'setup',
  'doctor',
  'completion',
  'validate',
  'plan',
  'graph',
  'schema',
  'worker',
];

describe('the sluice command', () => {
  test('shows its help on stdout', async () => {
    const { exitCode, stdout, stderr } = await runCli(['--help']);
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    expect(stdout).not.toContain('completion-server');
  });

  test.each(COMMANDS)('shows the help of %s with examples', async (command) => {
    const { exitCode, stdout } = await runCli([command, '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Examples:\n');
  });

  test('shows the help of a command with the word help too', async () => {
    const { exitCode, stdout } = await runCli(['help', 'plan']);
    expect(exitCode).toBe(0);
    expect(stdout).toBe((await runCli(['plan', '--help'])).stdout);
    expect((await runCli(['help'])).stdout).toBe((await runCli(['--help'])).stdout);
  });

  test('suggests the command whose help was meant', async () => {
    const { exitCode, stdout, stderr } = await runCli(['help', 'plam']);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Did you mean plan?');
  });

  test('prints its version', async () => {
    const { exitCode, stdout } = await runCli(['--version']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('without a command shows the help on stderr and exits with 2', async () => {
    const { exitCode, stdout, stderr } = await runCli([]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: sluice');
  });

  test('suggests the command that was meant', async () => {
    const { exitCode, stdout, stderr } = await runCli(['validat', 'a.yaml']);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toBe('error Unknown command \'validat\'.\nDid you mean validate? See "sluice --help".\n');
  });

  test('suggests the option that was meant and names the command whose help tells more', async () => {
    const { exitCode, stderr } = await runCli(['graph', 'a.yaml', '--fromat', 'svg']);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'error Unknown option \'--fromat\'.\nDid you mean --format? See "sluice graph --help".\n',
    );
  });

  test('reports a missing argument', async () => {
    const { exitCode, stderr } = await runCli(['plan']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("Missing required argument 'file'.");
  });

  test('reports an argument too many', async () => {
    const { exitCode, stderr } = await runCli(['plan', 'a.yaml', 'b.yaml']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("Too many arguments for 'plan'. Expected 1 argument but got 2.");
  });

  test('reports a number outside its limits', async () => {
    const { exitCode, stderr } = await runCli(['dev', '--port', '70000']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Expected a whole number from 1 to 65535.');
  });

  test.each([
    [['validat', '--json']],
    [['--json', 'validat']],
    [['--json']],
    [['graph', 'a.yaml', '--x', '--json']],
  ])('gives an error of the command line as JSON alone: %j', async (args) => {
    const { exitCode, stderr, json } = await runCli(args);
    expect(exitCode).toBe(2);
    expect(stderr).toBe('');
    expect(json()).toEqual({
      error: { code: 'usage', message: expect.any(String) as string, hint: expect.any(String) as string },
    });
  });

  test('takes --json after -- for an argument', async () => {
    const { exitCode, stdout, stderr } = await runCli(['completion', '--', '--json']);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain("value '--json' is invalid");
  });
});

describe('colours', () => {
  const red = '\u001B[31m';

  test('are used on a terminal', async () => {
    expect((await runCli(['nothing'], { columns: 80 })).stderr).toContain(red);
  });

  test('are left out when the output is not a terminal', async () => {
    expect((await runCli(['nothing'])).stderr).not.toContain('\u001B');
  });

  test.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('are left out with %j', async (env) => {
    expect((await runCli(['nothing'], { columns: 80, env })).stderr).not.toContain('\u001B');
  });

  test('stay when NO_COLOR is empty', async () => {
    expect((await runCli(['nothing'], { columns: 80, env: { NO_COLOR: '' } })).stderr).toContain(red);
  });
});
