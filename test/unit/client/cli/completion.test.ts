import { describe, expect, test } from 'vitest';
import { runCli } from '../../../support/run-cli.js';

/** What a shell gets when Tab is pressed at the end of the line. */
async function tab(line: string, shell = 'bash'): Promise<readonly string[]> {
  const env = {
    SHELL: shell,
    COMP_LINE: line,
    COMP_POINT: String(line.length),
    COMP_CWORD: String(line.split(' ').length - 1),
  };
  const { stdout } = await runCli(['completion-server', '--', ...line.split(' ')], { env });
  return stdout.split('\n').filter((word) => word !== '');
}

const FILES = '__tabtab_complete_files__';

describe('completion', () => {
  test.each([
    ['bash', 'complete -o default -F _sluice_completion sluice'],
    ['zsh', '#compdef sluice'],
    ['fish', 'complete -f -d'],
    ['powershell', "Register-ArgumentCompleter -CommandName 'sluice'"],
  ])('prints a script for %s', async (shell, expected) => {
    const { exitCode, stdout } = await runCli(['completion', shell]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(expected);
  });

  test('gives the script as JSON too', async () => {
    const { json } = await runCli(['completion', 'zsh', '--json']);
    expect(json()).toEqual({ shell: 'zsh', script: expect.stringContaining('#compdef sluice') as string });
  });

  test('names the shells when it does not know the one asked for', async () => {
    const { exitCode, stderr } = await runCli(['completion', 'csh']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Allowed choices are bash, zsh, fish, powershell.');
  });

  test('completes the names of commands', async () => {
    expect(await tab('sluice va')).toEqual(['validate']);
    expect(await tab('sluice ')).toEqual(expect.arrayContaining(['init', 'validate', 'completion']));
  });

  test('does not offer the command that completion itself calls', async () => {
    expect(await tab('sluice completion-')).toEqual([]);
  });

  test('completes options, those of every command included', async () => {
    expect(await tab('sluice graph --f')).toEqual(['--format']);
    expect(await tab('sluice graph --js')).toEqual(['--json']);
  });

  test('completes the values of an option, after a space and after an equals sign', async () => {
    expect(await tab('sluice graph a.yaml --format ')).toEqual(['mermaid', 'dot', 'svg', 'html']);
    expect(await tab('sluice graph a.yaml --format=s')).toEqual(['--format=svg']);
  });

  test('completes the values of an argument', async () => {
    expect(await tab('sluice completion z')).toEqual(['zsh']);
  });

  test('leaves files to the shell', async () => {
    expect(await tab('sluice validate ')).toEqual([FILES]);
    expect(await tab('sluice validate a.yaml b')).toEqual([FILES]);
    expect(await tab('sluice graph a.yaml --output ')).toEqual([FILES]);
  });

  test('offers nothing where nothing more may stand', async () => {
    expect(await tab('sluice completion zsh ')).toEqual([]);
  });

  test('gives descriptions to shells that show them', async () => {
    expect(await tab('sluice completi', 'zsh')).toEqual([expect.stringMatching(/^completion:\S/)]);
  });
});
