import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../../support/run-cli.js';

const STAGES = `import { defineStage, z } from 'sluice';
export const count = defineStage({
  name: 'count',
  params: z.object({ text: z.string() }),
  output: z.object({ letters: z.int() }),
  run: ({ params }) => ({ letters: params.text.length }),
});
`;

const PIPELINE = `import { cel, definePipeline, z } from 'sluice';
import { count } from '../stages/count.js';

const child = definePipeline({ name: 'child', inputs: { n: z.number() } }, ({ stage, inputs }) => ({
  twice: stage.set('twice', { output: cel.mul(inputs.n, 2) }).output,
}));

export default definePipeline({ name: 'letters', inputs: { text: z.string() } }, ({ stage, inputs }) => {
  const counted = stage.uses('count', count, { with: { text: inputs.text } });
  const doubled = stage.pipeline('double', child, { with: { n: counted.output.letters } });
  return { doubled: doubled.output.twice };
});
`;

let dir: string;

const put = (name: string, text: string): Promise<void> => writeFile(join(dir, name), text);

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'sluice-modules-')));
  await Promise.all(['stages', 'pipelines'].map((folder) => mkdir(join(dir, folder))));
  await put('stages/count.ts', STAGES);
  await put(
    'sluice.config.ts',
    `import { defineConfig } from 'sluice';
import { count } from './stages/count.js';
export default defineConfig({ stages: [count], pipelines: { letters: 'pipelines/letters.ts' } });
`,
  );
  await put('pipelines/letters.ts', PIPELINE);
  await put(
    'pipelines/caller.yaml',
    'name: caller\nstages:\n  - { id: call, pipeline: letters.ts, with: { text: abc } }\n',
  );
});

afterAll(() => rm(dir, { recursive: true, force: true }));

const sluice = (...args: readonly string[]) => runCli(args, { cwd: dir });

async function planOf(file: string): Promise<unknown> {
  const { stdout, stderr } = await sluice('plan', file, '--json');
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

describe('a definition in TypeScript', () => {
  test('stands where a YAML file does, by path, by configured name, and as a child of a YAML file', async () => {
    expect(
      (await sluice('validate', 'pipelines/letters.ts', 'letters', 'pipelines/caller.yaml')).stdout,
    ).toBe('✓ pipelines/letters.ts is valid\n✓ letters is valid\n✓ pipelines/caller.yaml is valid\n');
    expect((await sluice('graph', 'pipelines/letters.ts')).stdout).toContain('count<br/>uses count');
  });

  test('is exported as files that give the same plan', async () => {
    const { stderr } = await sluice('export', 'letters', '--output', 'pipelines/exported');
    expect(stderr).toContain('letters.yaml');
    expect(stderr).toContain('child.yaml');
    expect(await planOf('pipelines/exported/letters.yaml')).toEqual(await planOf('letters'));

    await sluice('export', 'letters', '--format', 'json', '-o', 'pipelines/exported');
    expect(JSON.parse(await readFile(join(dir, 'pipelines/exported/letters.json'), 'utf8'))).toMatchObject({
      name: 'letters',
    });
    expect(await planOf('pipelines/exported/letters.json')).toEqual(await planOf('letters'));
  });

  test('is not written to one stream with the pipelines that it brings along', async () => {
    const { exitCode, stdout, stderr } = await sluice('export', 'letters');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('The pipeline runs others that its file defines: child.yaml.');
    expect(stderr).toContain('--output');
  });

  test.each<[name: string, text: string, problem: RegExp]>([
    [
      'none.ts',
      'export const a = 1;',
      /none\.ts:1:1 the file has no default export; write `export default definePipeline\(…\)`/,
    ],
    [
      'plain.ts',
      "export default { name: 'a', stages: [] };",
      /the default export is a value of type object, not a pipeline/,
    ],
    [
      'throws.ts',
      "\n\nthrow new RangeError('no luck');",
      /throws\.ts:3:1 the file cannot be loaded: RangeError: no luck$/m,
    ],
    [
      'syntax.mts',
      'export default {',
      /syntax\.mts:1:1 the file cannot be loaded: ParseError: Unexpected token$/m,
    ],
    [
      'import.js',
      "import './nowhere.js';",
      /the file cannot be loaded: Cannot find module '\.\/nowhere\.js'/,
    ],
    [
      'input.ts',
      "import { definePipeline, z } from 'sluice';\nexport default definePipeline({ name: 'a', inputs: { b: z.date() } }, () => {});",
      /input\.ts:2:1 the file cannot be loaded: TypeError: The input "b" cannot be a part of a definition/,
    ],
    [
      'stage.ts',
      "import { definePipeline } from 'sluice';\nexport default definePipeline({ name: 'a' }, ({ stage }) => void stage.sleep('nap', 'soon'));",
      /stage\.ts: stages\[0\]\.sleep stage "nap": `sleep` must be a duration/,
    ],
    ['empty.ts', '', /the file has no default export/],
  ])('%s: what is wrong is told in a sentence', async (name, text, problem) => {
    await put(name, text);
    const { exitCode, stdout } = await sluice('validate', name);
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(problem);
    expect(stdout).not.toMatch(/^\s+at /m);
  });

  test('that does not exist is told like any other file', async () => {
    expect((await sluice('validate', 'nowhere.ts')).stdout).toContain(
      'nowhere.ts:1:1 the file does not exist',
    );
  });
});

describe('export', () => {
  test('writes a YAML file as JSON and back', async () => {
    const { stdout } = await sluice('export', 'pipelines/caller.yaml', '--format', 'json');
    expect(JSON.parse(stdout)).toEqual({
      name: 'caller',
      stages: [{ id: 'call', pipeline: 'letters.ts', with: { text: 'abc' } }],
    });
    const { definition } = JSON.parse((await sluice('export', 'pipelines/caller.yaml', '--json')).stdout) as {
      definition: string;
    };
    expect(definition).toBe(
      'name: caller\nstages:\n  - id: call\n    pipeline: letters.ts\n    with:\n      text: abc\n',
    );
  });

  test('exports nothing that has problems', async () => {
    await put('bad.yaml', 'name: bad\nstages: [{ id: a, sleep: soon }]\n');
    const { exitCode, stdout, stderr } = await sluice('export', 'bad.yaml');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('stage "a"');
  });
});
