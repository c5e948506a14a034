import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
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

function sluice(args: readonly string[]) {
  return execa(join(dir, 'node_modules', '.bin', 'sluice'), args, { cwd: dir });
}

/** A pipeline whose second stage uses what the first one gives. */
function typedPipeline(text: string): string {
  return `import { cel, definePipeline, z } from 'sluice';
import { greet } from '../stages/greet.ts';

export default definePipeline({ name: 'typed', inputs: { name: z.string() } }, ({ stage, inputs }) => {
  const greeting = stage.uses('greet', greet, { with: { name: inputs.name } });
  stage.run('show', ['echo', ${text}], { condition: cel.gt(cel.size(greeting.output.text), 3) });
});
`;
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

      await writeFile(join(dir, 'pipelines', 'typed.ts'), typedPipeline('greeting.output.text'));
      expect((await sluice(['validate', 'pipelines/typed.ts'])).stdout).toContain('is valid');

      const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
      await execa(tsc, ['--noEmit', '-p', dir]);
      await writeFile(
        join(dir, 'wrong.ts'),
        "import { defineStage } from 'sluice';\ndefineStage({ name: 1 });\n",
      );
      const wrong = await execa(tsc, ['--noEmit', '-p', dir], { reject: false });
      expect(wrong.stdout).toContain('wrong.ts(2,15)');

      await writeFile(join(dir, 'wrong.ts'), typedPipeline('greeting.output.txt').replaceAll("'../", "'./"));
      const mistyped = await execa(tsc, ['--noEmit', '-p', dir], { reject: false });
      expect(mistyped.stdout).toMatch(
        /wrong\.ts\(6,\d+\): error TS2551: Property 'txt' does not exist on type/,
      );
    },
    INSTALL_MS,
  );
});
