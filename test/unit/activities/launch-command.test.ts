import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { launchCommand } from '../../../src/activities/launch-command.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-launch-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const launch = (...command: readonly string[]) =>
  launchCommand(command, { cwd: folder, env: { PATH: process.env['PATH'], GIVEN: 'a b' } });

describe('a command', () => {
  test('does nothing before it is let go, and nothing at all when its worker dies first', async () => {
    const { child, isMissing } = launch('touch', 'done');
    // What the death of the worker does to its end of the gate.
    child.stdio[3]?.destroy();
    expect((await child).exitCode).toBe(125);
    expect(existsSync(join(folder, 'done'))).toBe(false);
    expect(isMissing()).toBe(false);
  });

  test('runs as the process that was launched, in its folder, with its environment and no further stream', async () => {
    const { child, letGo } = launch(
      'sh',
      '-c',
      'echo $$ "$GIVEN" "$@" > facts; echo more >&3',
      'x',
      '*',
      "it's",
    );
    letGo();
    const { exitCode } = await child;
    expect(exitCode).not.toBe(0);
    expect(await readFile(join(folder, 'facts'), 'utf8')).toBe(`${String(child.pid)} a b * it's\n`);
  });

  test.each(['no-such-command', './nothing', './', '/etc/passwd'])(
    'that is no program is told: %s',
    async (name) => {
      const { child, letGo, isMissing } = launch(name);
      letGo();
      await child;
      expect(isMissing()).toBe(true);
    },
  );
});
