import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createSession } from '../../../../src/client/cli/context.js';
import { reportFailure } from '../../../../src/client/cli/program.js';

async function report(error: unknown, options: { readonly isJson?: boolean; readonly debug?: string } = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const env = { SLUICE_DEBUG: options.debug };
  const io = { stdout, stderr, stdin: Readable.from([]), env, cwd: '.' };
  const exitCode = await reportFailure(createSession(io, options.isJson ?? false).cli, error);
  const read = (stream: PassThrough) => String(stream.read() ?? '');
  return { exitCode, stdout: read(stdout), stderr: read(stderr) };
}

describe('a fault that nobody foresaw', () => {
  test('is told in one sentence, without a stack, and with what to do', async () => {
    const { exitCode, stdout, stderr } = await report(new TypeError('x is not a function'));
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error Internal error: x is not a function\nThis is a fault in Sluice\. .*\n$/);
  });

  test('shows its stack when SLUICE_DEBUG is set', async () => {
    const { stderr } = await report(new TypeError('x is not a function'), { debug: '1' });
    expect(stderr).toMatch(/\n {4}at /);
  });

  test('is one JSON document on stdout, also with SLUICE_DEBUG', async () => {
    const { stdout, stderr } = await report(new Error('odd'), { isJson: true, debug: '1' });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'internal' } });
    expect(stderr).toMatch(/^Error: odd\n/);
  });
});
