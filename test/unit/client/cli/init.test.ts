import { mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../../support/run-cli.js';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-init-'));
});

async function packageJson(): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as Record<string, unknown>;
}

const FILES = [
  'README.md',
  'package.json',
  'pipelines',
  'sluice.config.ts',
  'sluice.schema.json',
  'stages',
  'test',
  'tsconfig.json',
];

describe('init', () => {
  test('writes a project and says what comes next', async () => {
    const { exitCode, stdout, stderr } = await runCli(['init', 'my project!'], { cwd: dir });
    expect(exitCode).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('+ pipelines/hello.yaml\n');
    expect(stderr).toContain(
      'cd my project!\n  npm install\n  npx sluice run pipelines/hello.yaml\n  npm test\n',
    );
    const made = join(dir, 'my project!');
    expect((await readdir(made)).sort()).toEqual(['.gitignore', ...FILES]);
    const { name, scripts } = JSON.parse(await readFile(join(made, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(name).toBe('my-project');
    expect(scripts).toMatchObject({ test: 'node --import jiti/register --test test/*.test.ts' });
  });

  test('writes a definition and a configuration that are valid', async () => {
    await runCli(['init'], { cwd: dir });
    await symlink(join(process.cwd(), 'node_modules'), join(dir, 'node_modules'));
    const { exitCode, stdout } = await runCli(['validate', 'pipelines/hello.yaml'], { cwd: dir });
    expect(stdout).toContain('is valid');
    expect(exitCode).toBe(0);
  });

  test('writes the pipeline in TypeScript, equal to the one in YAML, when it is told to', async () => {
    const { json } = await runCli(['init', '--typescript', '--json'], { cwd: dir });
    expect(json()).toMatchObject({ pipeline: 'pipelines/hello.ts' });
    expect((await readdir(dir)).sort()).toEqual(
      ['.gitignore', ...FILES].filter((file) => file !== 'sluice.schema.json'),
    );
    expect((await packageJson())['scripts']).toMatchObject({ start: 'sluice run pipelines/hello.ts' });
    expect(await readFile(join(dir, 'README.md'), 'utf8')).not.toContain('yaml');
    await runCli(['init', 'other'], { cwd: dir });
    for (const project of [dir, join(dir, 'other')]) {
      await symlink(join(process.cwd(), 'node_modules'), join(project, 'node_modules'));
    }
    const plans = ['pipelines/hello.ts', 'other/pipelines/hello.yaml'].map(async (file) =>
      (await runCli(['plan', file, '--json'], { cwd: dir })).json(),
    );
    const [typed, yaml] = await Promise.all(plans);
    expect(typed).toEqual(yaml);
  });

  test('points editors at the schema it writes', async () => {
    await runCli(['init'], { cwd: dir });
    const definition = await readFile(join(dir, 'pipelines', 'hello.yaml'), 'utf8');
    expect(definition).toMatch(/^# yaml-language-server: \$schema=\.\.\/sluice\.schema\.json\n/);
    const { stdout } = await runCli(['schema']);
    expect(await readFile(join(dir, 'sluice.schema.json'), 'utf8')).toBe(stdout);
  });

  test('gives what it did as JSON', async () => {
    const { json, stderr } = await runCli(['init', '--json'], { cwd: dir });
    expect(stderr).toBe('');
    expect(json()).toEqual({
      dir,
      pipeline: 'pipelines/hello.yaml',
      created: expect.arrayContaining([
        'package.json',
        'sluice.config.ts',
        'pipelines/hello.yaml',
      ]) as string[],
      package_json_added: [],
      needs_install: true,
    });
  });

  test('overwrites nothing and writes nothing when a file is in the way', async () => {
    await writeFile(join(dir, 'sluice.config.ts'), 'mine');
    await writeFile(join(dir, 'README.md'), 'mine');
    const { exitCode, stderr } = await runCli(['init'], { cwd: dir });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('already holds "sluice.config.ts", "README.md".');
    expect((await readdir(dir)).sort()).toEqual(['README.md', 'sluice.config.ts']);
    expect(await readFile(join(dir, 'README.md'), 'utf8')).toBe('mine');
  });

  test('adds what an existing package.json lacks and keeps the rest', async () => {
    await writeFile(
      join(dir, 'package.json'),
      JSON.stringify({
        name: 'theirs',
        scripts: { build: 'make', test: 'echo "Error: no test specified" && exit 1' },
        dependencies: { sluice: 'file:sluice.tgz' },
      }),
    );
    const { stderr } = await runCli(['init'], { cwd: dir });
    expect(stderr).toContain('+ package.json: type, scripts.start, scripts.test\n');
    expect(await packageJson()).toEqual({
      name: 'theirs',
      type: 'module',
      scripts: {
        start: 'sluice run pipelines/hello.yaml',
        build: 'make',
        test: 'node --import jiti/register --test test/*.test.ts',
      },
      dependencies: { sluice: 'file:sluice.tgz' },
    });
  });

  test('adds the dependency to a package.json without it, so that npm install brings it', async () => {
    await writeFile(join(dir, 'package.json'), '{ "dependencies": { "left-pad": "1.0.0" } }');
    const { stderr } = await runCli(['init'], { cwd: dir });
    expect(stderr).toContain('dependencies.sluice');
    expect((await packageJson())['dependencies']).toEqual({
      'left-pad': '1.0.0',
      sluice: expect.stringMatching(/^file:/) as string,
    });
  });

  test('leaves a package.json that lacks nothing byte for byte', async () => {
    const text =
      '{"type":"commonjs","scripts":{"start":"a","test":"b"},"devDependencies":{"sluice":"file:sluice.tgz"}}';
    await writeFile(join(dir, 'package.json'), text);
    await runCli(['init'], { cwd: dir });
    expect(await readFile(join(dir, 'package.json'), 'utf8')).toBe(text);
  });

  test('writes nothing beside a package.json that is broken', async () => {
    await writeFile(join(dir, 'package.json'), '{ "name": ');
    const { exitCode, stderr } = await runCli(['init'], { cwd: dir });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('package.json');
    expect(await readdir(dir)).toEqual(['package.json']);
  });
});
