import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defineStage, z } from '../../../src/index.js';
import type { Json } from '../../../src/shared/json.js';
import { completeConfig, defineConfig, loadConfig } from '../../../src/worker/index.js';

const load = defineStage({
  name: 'load',
  params: z.object({ rows: z.number().min(1), tags: z.array(z.string()).max(2).optional() }),
  output: z.object({ rows: z.number() }),
  run: ({ params }) => ({ rows: params.rows }),
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-config-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

const place = { file: null, projectDir: '/project' };
const complete = (config: unknown): unknown => completeConfig(config, place);

describe('a configuration file', () => {
  test('is found in a folder above, and paths in it are relative to its own folder', async () => {
    await write(
      'sluice.config.ts',
      `const name: string = 'etl';
       export default { taskQueue: name, pipelines: { etl: './flows/etl.yaml' }, storage: { folder: 'blobs' } };`,
    );
    await mkdir(join(folder, 'a/b'), { recursive: true });
    const config = await loadConfig(join(folder, 'a/b'));
    expect(config).toMatchObject({
      file: join(folder, 'sluice.config.ts'),
      projectDir: folder,
      taskQueue: 'etl',
      storage: { folder: join(folder, 'blobs') },
    });
    expect([...config.catalog.pipelines]).toEqual([['etl', join(folder, 'flows/etl.yaml')]]);
  });

  test('gets the running copy of the package when it imports it', async () => {
    await write(
      'stages/load.ts',
      `import { defineStage, z } from 'sluice';
       export const load = defineStage({ name: 'load', params: z.object({ n: z.number() }), run: ({ params }) => params.n });`,
    );
    await write(
      'sluice.config.ts',
      `import { defineConfig } from 'sluice';
       import { load } from './stages/load.js';
       export default defineConfig({ stages: [load] });`,
    );
    const config = await loadConfig(folder);
    expect([...config.stages.keys()]).toEqual(['load']);
    expect(config.catalog.stages.get('load')?.checkParams({ n: 'x' })).toHaveLength(1);
  });

  test('gets the text and model nodes that run when it imports them', async () => {
    await write(
      'sluice.config.ts',
      `import { defineConfig } from 'sluice';
       import { textNodes } from 'sluice/nodes';
       export default defineConfig({ stages: textNodes() });`,
    );
    expect([...(await loadConfig(folder)).stages.keys()]).toContain('clean-text');
  });

  test('may be JSON', async () => {
    await write('sluice.config.json', '{ "taskQueue": "q" }');
    expect(await loadConfig(folder)).toMatchObject({ taskQueue: 'q', projectDir: folder });
  });

  test('that does not exist gives the defaults for the folder', async () => {
    const config = await loadConfig(folder);
    expect(config).toMatchObject({
      file: null,
      projectDir: folder,
      taskQueue: 'sluice',
      storage: { folder: join(folder, '.sluice/store') },
    });
    expect([...config.catalog.stages.keys()].filter((name) => !name.startsWith('sluice/'))).toEqual([]);
  });

  test.each([
    ['a syntax error', 'export default {', 'could not be loaded'],
    ['a missing import', `import './nothing.js'; export default {};`, 'nothing.js'],
    ['an error of its own', `throw new Error('no luck'); export default {};`, 'could not be loaded: no luck'],
    ['no default export', 'export const config = {};', 'has no default export'],
  ])('with %s is named with the reason', async (_name, text, reason) => {
    await write('sluice.config.mjs', text);
    const error: unknown = await loadConfig(folder).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ConfigError' });
    expect(String(error)).toContain(join(folder, 'sluice.config.mjs'));
    expect(String(error)).toContain(reason);
  });
});

describe('a configuration', () => {
  test('takes stage functions of any params', () => {
    const config = completeConfig(defineConfig({ stages: [load] }), place);
    expect(config.stages.get('load')).toBeDefined();
  });

  test('reports every problem with its place', () => {
    const wrong = {
      taskQueue: 5,
      colour: 'red',
      worker: { slots: { activities: 0 }, httpPort: 99_999 },
      pipelines: { a: 1 },
    };
    expect(() => complete(wrong)).toThrow(/has 5 problems:/);
    expect(() => complete(wrong)).toThrow(/at taskQueue: .*expected string/);
    expect(() => complete(wrong)).toThrow(/at worker\.httpPort: /);
    expect(() => complete(wrong)).toThrow(/at worker\.slots/);
    expect(() => complete(wrong)).toThrow(/at pipelines\.a: /);
    expect(() => complete(wrong)).toThrow(/"colour"/);
  });

  test.each([
    [
      'something that is no stage function',
      [5],
      'at stages[0]: expected a stage function made by defineStage, got `5` (number)',
    ],
    [
      'a stage without schemas',
      [{ name: 'x', version: '1', run: () => 1 }],
      'at stages[0]: "x" was not made by defineStage',
    ],
    ['one name twice', [load, load], 'at stages[1]: the name "load" is used twice'],
    [
      'a name of a built-in stage',
      [{ ...load, name: 'sluice.run' }],
      'at stages[0]: A stage function cannot be named "sluice.run"',
    ],
  ])('refuses %s', (_name, stages, message) => {
    expect(() => complete({ stages })).toThrow(message);
  });
});

describe('the catalog', () => {
  const check = (value: Json) =>
    completeConfig({ stages: [load] }, place)
      .catalog.stages.get('load')
      ?.checkParams(value);

  test('reports params that do not fit, with their path', () => {
    expect(check({ rows: 'x', tags: ['a', 5] })).toEqual([
      { path: ['rows'], message: 'Invalid input: expected number, received string' },
      { path: ['tags', 1], message: 'Invalid input: expected string, received number' },
    ]);
    expect(check({})).toMatchObject([{ path: ['rows'] }]);
  });

  test('says nothing of a schema that only an attempt can ask', () => {
    const slow = defineStage({
      name: 'slow',
      params: z.object({ n: z.number() }).refine(() => Promise.resolve(false)),
      run: () => null,
    });
    const { catalog } = completeConfig({ stages: [slow] }, place);
    expect(catalog.stages.get('slow')?.checkParams({ n: 1 })).toEqual([]);
  });
});
