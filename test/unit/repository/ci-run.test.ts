import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REPOSITORY } from './repository.js';

/** What the fake `npm` prints and returns for one command. */
type Answer = { readonly prints?: string; readonly exits?: number };

describe('.ci/run', () => {
  let root = '';

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sluice-ci-'));
    mkdirSync(join(root, '.ci'));
    copyFileSync(join(REPOSITORY, '.ci/run'), join(root, '.ci/run'));
  });

  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('adds one test for each check that passes', () => {
    expect(run({ test: { prints: '12 passed, 0 failed' } })).toMatchObject({
      status: 0,
      last: '16 passed, 0 failed',
    });
  });

  it.each(['lint', 'typecheck', 'format:check', 'deadcode'])(
    'fails and names the check when %s fails',
    (check) => {
      const ended = run({ test: { prints: '12 passed, 0 failed' }, [check]: { exits: 3 } });
      expect(ended).toMatchObject({ status: 1, last: '15 passed, 1 failed' });
      expect(ended.output).toContain(`FAILED npm run ${check}: ended with exit code 3`);
    },
  );

  it('passes on the failures that npm test counted, and still runs the checks', () => {
    const ended = run({ test: { prints: '10 passed, 2 failed', exits: 1 } });
    expect(ended).toMatchObject({ status: 1, last: '14 passed, 2 failed' });
    expect(ended.output).toContain('FAILED npm test: 2 failed');
  });

  it('counts one failure when npm test ends before it counted', () => {
    const ended = run({ test: { prints: 'cannot install', exits: 1 } });
    expect(ended).toMatchObject({ status: 1, last: '4 passed, 1 failed' });
    expect(ended.output).toContain('ended with exit code 1 before it could count tests');
  });

  it('does not trust good counts from an npm test that failed', () => {
    expect(run({ test: { prints: '12 passed, 0 failed', exits: 1 } })).toMatchObject({
      status: 1,
      last: '16 passed, 1 failed',
    });
  });

  it('gives its commands an empty input and CI=true', () => {
    const ended = run({ test: { prints: '$CI:$(cat):\n1 passed, 0 failed' } });
    expect(ended.output).toContain('true::');
  });

  function run(answers: Readonly<Record<string, Answer>>) {
    const cases = Object.entries(answers).map(
      ([name, { prints = '', exits = 0 }]) => `${name}) printf '%s\\n' "${prints}"; exit ${exits};;`,
    );
    const npm = `#!/bin/sh\nfor last; do :; done\ncase "$last" in\n${cases.join('\n')}\nesac\n`;
    writeFileSync(join(root, 'npm'), npm, { mode: 0o755 });
    const env = { PATH: `${root}${delimiter}${process.env['PATH'] ?? ''}` };
    const { status, stdout, stderr } = spawnSync(join(root, '.ci/run'), {
      env,
      encoding: 'utf8',
      input: 'unread',
    });
    return { status, last: stdout.trimEnd().split('\n').at(-1), output: stdout + stderr };
  }
});
