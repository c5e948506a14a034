import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** npm fetches or unpacks everything that the package needs, a few hundred megabytes. */
const INSTALL_MS = 600_000;

let dir: string;

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'sluice-package-')));
  const packed = await execa('npm', ['pack', '--json', '--pack-destination', dir], { cwd: ROOT });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ readonly filename: string }];
  await execa('npm', ['init', '--yes'], { cwd: dir });
  await execa('npm', ['install', `./${filename}`], { cwd: dir });
}, INSTALL_MS);

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

function sluice(args: readonly string[], cwd = dir) {
  return execa(join(dir, 'node_modules', '.bin', 'sluice'), args, { cwd });
}

describe('the packed package in an empty folder', () => {
  test(
    'makes a project that runs, is tested and has types',
    async () => {
      await sluice(['init']);
      expect((await sluice(['validate', 'pipelines/hello.yaml'])).stdout).toContain('is valid');

      const run = await sluice(['run', 'pipelines/hello.yaml', '-i', 'name=Ada', '--json']);
      expect(JSON.parse(run.stdout)).toMatchObject({
        status: 'succeeded',
        outputs: { greeting: 'Hello, Ada.', characters: 11 },
      });

      expect((await execa('npm', ['test'], { cwd: dir })).stdout).toMatch(/^# pass 2$/m);

      const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
      await execa(tsc, ['--noEmit', '-p', dir]);
      await writeFile(
        join(dir, 'wrong.ts'),
        "import { defineStage } from 'sluice';\ndefineStage({ name: 1 });\n",
      );
      const wrong = await execa(tsc, ['--noEmit', '-p', dir], { reject: false });
      expect(wrong.stdout).toContain('wrong.ts(2,15)');
    },
    INSTALL_MS,
  );

  test(
    'makes a project whose pipeline is checked by the compiler',
    async () => {
      await sluice(['init', 'typed', '--typescript']);
      const typed = join(dir, 'typed');
      expect((await sluice(['validate', 'pipelines/hello.ts'], typed)).stdout).toContain('is valid');
      expect((await execa('npm', ['test'], { cwd: typed })).stdout).toMatch(/^# pass 3$/m);

      const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
      await execa(tsc, ['--noEmit', '-p', typed]);
      const file = join(typed, 'pipelines', 'hello.ts');
      const text = await readFile(file, 'utf8');
      await writeFile(
        file,
        text.replace('cel.contains(greeting.output.text', 'cel.contains(greeting.output.txt'),
      );
      const mistyped = await execa(tsc, ['--noEmit', '-p', typed], { reject: false });
      expect(mistyped.stdout).toMatch(/hello\.ts\(\d+,\d+\): error TS2551: Property 'txt' does not exist/);
    },
    INSTALL_MS,
  );
});
