import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { formatFindings } from '../../../../src/client/cli/commands/doctor.js';
import type { Finding } from '../../../../src/client/temporal-server/doctor.js';
import { runCli } from '../../../support/run-cli.js';

const plain = pc.createColors(false);

describe('doctor', () => {
  test('prints each finding with what to do about it', () => {
    const findings: readonly Finding[] = [
      { check: 'node', ok: true, level: 'ok', message: 'Node 20.20.2', fix: null },
      {
        check: 'temporal_cli',
        ok: false,
        level: 'warning',
        message: 'Not here yet.',
        fix: 'Run "sluice setup".',
      },
      { check: 'disk', ok: false, level: 'error', message: 'The disk is full.', fix: 'Free some space.' },
    ];
    expect(formatFindings(findings, plain)).toBe(
      [
        '✓ Node 20.20.2',
        '! Not here yet.',
        '  Run "sluice setup".',
        '✗ The disk is full.',
        '  Free some space.',
        '',
        '1 error, 1 warning.',
      ].join('\n'),
    );
  });

  test('says so when all is well', () => {
    const finding: Finding = { check: 'node', ok: true, level: 'ok', message: 'Node 22.0.0', fix: null };
    expect(formatFindings([finding], plain)).toContain('Everything is in order.');
  });

  test('exits with 1 and names the fix when a configured server cannot be used', async () => {
    const env = { ...process.env, TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const { exitCode, json } = await runCli(['doctor', '--json'], { env });
    expect(exitCode).toBe(1);
    expect(json()).toMatchObject({
      ok: false,
      findings: expect.arrayContaining([
        expect.objectContaining({
          check: 'temporal_server',
          level: 'error',
          message: expect.stringContaining('127.0.0.1:1') as string,
          fix: expect.stringContaining('TEMPORAL_ADDRESS') as string,
        }),
      ]) as unknown[],
    });
  });

  test('exits with 1 when the folder does not exist, and does not make it', async () => {
    const missing = join(tmpdir(), 'sluice-nowhere', 'at', 'all');
    const { exitCode, stdout } = await runCli(['doctor', missing], { env: process.env });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗ ');
    expect(existsSync(missing)).toBe(false);
  });
});
