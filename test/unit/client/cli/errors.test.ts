import { describe, expect, test } from 'vitest';
import { CliError, EXIT, reportError, UsageError } from '../../../../src/client/cli/errors.js';

describe('reportError', () => {
  test('passes on what a usage error says, with exit code 2', () => {
    const error = new UsageError('No such mode.', { hint: 'Modes: daily.' });
    expect(reportError(error)).toEqual({
      code: 'usage',
      message: 'No such mode.',
      hint: 'Modes: daily.',
      exitCode: EXIT.usage,
    });
  });

  test('keeps the exit code of a command error', () => {
    const error = new CliError('Stopped.', { code: 'interrupted', exitCode: EXIT.interrupted });
    expect(reportError(error)).toMatchObject({ code: 'interrupted', hint: null, exitCode: 130 });
  });

  test('passes on the code, hint and exit code that an error of a lower layer carries', () => {
    const error = Object.assign(new Error('The port 7233 is taken.'), {
      code: 'port_in_use',
      hint: 'Choose another.',
      exitCode: 2,
    });
    expect(reportError(error)).toEqual({
      code: 'port_in_use',
      message: 'The port 7233 is taken.',
      hint: 'Choose another.',
      exitCode: 2,
    });
  });

  test.each([
    ['a gRPC status', Object.assign(new Error('14 UNAVAILABLE: no connection'), { code: 14 })],
    [
      'a failed connect',
      Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' }),
    ],
    ['the native client', Object.assign(new Error('transport error'), { name: 'TransportError' })],
    ['the cause of another', new Error('Failed.', { cause: Object.assign(new Error('x'), { code: 14 }) })],
    ['a deadline', new Error('Failed to connect before the deadline')],
  ])('tells from %s that Temporal cannot be reached', (_from, error) => {
    expect(reportError(error)).toMatchObject({
      code: 'temporal_unreachable',
      exitCode: EXIT.unreachable,
      hint: expect.stringContaining('TEMPORAL_ADDRESS') as string,
    });
  });

  test('names the folder that is missing where a file cannot be written', () => {
    const path = '/nowhere/at/all/graph.svg';
    const error = Object.assign(new Error('ENOENT: no such file or directory, open'), {
      code: 'ENOENT',
      syscall: 'open',
      path,
    });
    expect(reportError(error).message).toBe(
      `"${path}" cannot be reached: the folder "/nowhere/at/all" does not exist.`,
    );
  });

  test('says in words what the file system refused', () => {
    const error = Object.assign(new Error('ENOENT: no such file or directory, open x'), {
      code: 'ENOENT',
      syscall: 'open',
      path: 'x',
    });
    expect(reportError(error)).toEqual({
      code: 'file',
      message: '"x" does not exist.',
      hint: null,
      exitCode: EXIT.usage,
    });
  });

  test('takes a faulty configuration for an error of the user', () => {
    const error = Object.assign(new Error('sluice.config.ts has a problem'), { name: 'ConfigError' });
    expect(reportError(error)).toMatchObject({ code: 'config_invalid', exitCode: EXIT.usage });
  });

  test('counts the errors of a definition and passes its problems on', () => {
    const problems = [{ severity: 'error' }, { severity: 'warning' }, { severity: 'error' }];
    const error = Object.assign(new Error(''), { name: 'DefinitionError', problems });
    expect(reportError(error)).toEqual({
      code: 'definition_invalid',
      message: 'The definition has 2 errors.',
      hint: null,
      exitCode: EXIT.usage,
      problems,
    });
  });

  test.each([new TypeError('x is not a function'), 'a string', null])(
    'calls anything else an internal error and says how to report it',
    (error) => {
      expect(reportError(error)).toMatchObject({
        code: 'internal',
        message: expect.stringMatching(/^Internal error: /) as string,
        hint: expect.stringContaining('SLUICE_DEBUG=1') as string,
        exitCode: EXIT.failed,
      });
    },
  );
});
