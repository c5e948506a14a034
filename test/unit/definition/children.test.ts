import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StageCatalog } from '../../../src/definition/catalog.js';
import { loadDefinition, type LoadOutcome } from '../../../src/definition/load.js';

const CHILD = `name: child
inputs:
  rows: { type: integer, required: true, minimum: 1 }
  note: { type: string }
stages:
  - { id: a, set: { output: '\${{ inputs.rows }}' } }
`;

async function load(
  files: Readonly<Record<string, string>>,
  configured: Readonly<Record<string, string>> = {},
): Promise<{ outcome: LoadOutcome; lines: readonly string[]; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-children-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const pipelines = new Map(Object.entries(configured).map(([name, file]) => [name, join(folder, file)]));
  const catalog: StageCatalog = { stages: new Map(), pipelines };
  const outcome = await loadDefinition(join(folder, 'main.yaml'), { catalog, env: {} });
  const lines = outcome.problems.map(({ file, line, column, code, message, suggestion }) => {
    const name = file.split('/').at(-1) ?? file;
    const text = message.replaceAll(/(?:\.\.\/|\/)[^ \n]*\//g, '');
    return `${name}:${line}:${column} ${code} ${text}${suggestion === null ? '' : ` (${suggestion}?)`}`;
  });
  return { outcome, lines, folder };
}

const main = (stage: string): string => `name: main\nstages:\n  - ${stage}\n`;

describe('a pipeline that runs others', () => {
  it('carries their plans by paths relative to its own folder', async () => {
    const { outcome, folder } = await load({
      'main.yaml': main('{ id: a, pipeline: sub/child.yaml, with: { rows: 3 } }'),
      'sub/child.yaml': CHILD.replace('stages:', 'stages:\n  - { id: deep, pipeline: ../deep.json }'),
      'deep.json': '{ "name": "deep", "stages": [{ "id": "x", "set": {} }] }',
    });
    expect(outcome.problems).toEqual([]);
    const { plan, files } = outcome;
    expect(plan?.stages[0]?.action).toEqual({
      kind: 'pipeline',
      pipeline: 'sub/child.yaml',
      with: { rows: 3 },
    });
    expect(Object.keys(plan?.pipelines ?? {}).toSorted()).toEqual(['deep.json', 'sub/child.yaml']);
    const child = plan?.pipelines['sub/child.yaml'];
    expect(child?.stages[0]?.action).toEqual({ kind: 'pipeline', pipeline: 'deep.json', with: {} });
    expect(child?.pipelines).toEqual({});
    expect(files.toSorted()).toEqual(
      ['deep.json', 'main.yaml', 'sub/child.yaml'].map((file) => join(folder, file)),
    );
  });

  it('may name configured ones', async () => {
    const { outcome } = await load(
      { 'main.yaml': main('{ id: a, pipeline: the-child, with: { rows: 3 } }'), 'child.yaml': CHILD },
      { 'the-child': 'child.yaml' },
    );
    expect(outcome.problems).toEqual([]);
    expect(Object.keys(outcome.plan?.pipelines ?? {})).toEqual(['the-child']);
  });

  it('may give values that only the run knows', async () => {
    const { outcome } = await load({
      'main.yaml': main("{ id: a, pipeline: child.yaml, with: { rows: '${{ run.attempt }}', note: null } }"),
      'child.yaml': CHILD,
    });
    expect(outcome.problems).toEqual([]);
  });

  it.each<[string, string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'a file that does not exist',
      '{ id: a, pipeline: ./nope.yaml }',
      {},
      ['main.yaml:3:24 unknown-pipeline runs "./nope.yaml", which does not exist'],
    ],
    [
      'a name that is not configured',
      '{ id: a, pipeline: childd }',
      { child: 'child.yaml' },
      [
        'main.yaml:3:24 unknown-pipeline runs the pipeline "childd", which is not configured; a path ends in .yaml, .yml, .json or .ts. Configured: child. (child?)',
      ],
    ],
    [
      'an input missing',
      '{ id: a, pipeline: child.yaml }',
      {},
      ['main.yaml:3:24 bad-params must give "child.yaml" its required input "rows" in `with`'],
    ],
    [
      'an input too many, and one that does not fit',
      '{ id: a, pipeline: child.yaml, with: { rowz: 1, rows: 0 } }',
      {},
      [
        'main.yaml:3:44 bad-params `with.rowz` is not an input of "child.yaml". Inputs: rows, note. (rows?)',
        'main.yaml:3:59 bad-params `with.rows` must be at least 1, got 0',
      ],
    ],
    [
      'itself',
      '{ id: a, pipeline: main.yaml }',
      {},
      ['main.yaml:3:24 recursive-pipeline runs itself:\n  main.yaml runs → main.yaml'],
    ],
  ])('refuses %s', async (_, stage, configured, expected) => {
    const { outcome, lines } = await load({ 'main.yaml': main(stage), 'child.yaml': CHILD }, configured);
    expect(lines).toEqual(expected);
    expect(outcome.plan).toBeNull();
  });

  it('shows a circle of several files at the file that closes it', async () => {
    const { lines } = await load({
      'main.yaml': main('{ id: a, pipeline: b.yaml }'),
      'b.yaml': 'name: b\nstages:\n  - { id: x, pipeline: c.yaml }\n',
      'c.yaml': 'name: c\nstages:\n  - { id: x, pipeline: main.yaml }\n',
    });
    expect(lines).toEqual([
      'c.yaml:3:24 recursive-pipeline runs itself:\n  main.yaml runs → b.yaml\n  b.yaml runs → c.yaml\n  c.yaml runs → main.yaml',
    ]);
  });

  it('reports the problems of its own file first, then those of the others under their names', async () => {
    const { outcome, lines } = await load({
      'main.yaml': `${main('{ id: a, pipeline: bad.yaml, timeout: x }')}  - { id: b, pipeline: broken.yaml }\n`,
      'bad.yaml': 'name: bad\nstages:\n  - { id: x, sett: {} }\n',
      'broken.yaml': 'name: [\n',
    });
    expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'main.yaml:3:43 bad-duration',
      'bad.yaml:3:5 no-kind',
      'bad.yaml:3:14 unknown-key',
      'broken.yaml:2:1 syntax',
    ]);
    expect(outcome.plan).toBeNull();
  });

  it('reads a file once that several stages run', async () => {
    const { outcome } = await load({
      'main.yaml': `${main('{ id: a, pipeline: child.yaml, with: { rows: 1 } }')}  - { id: b, pipeline: ./child.yaml, with: { rows: 2 } }\n`,
      'child.yaml': CHILD,
    });
    expect(Object.keys(outcome.plan?.pipelines ?? {})).toEqual(['child.yaml']);
    expect(outcome.plan?.stages[1]?.action).toMatchObject({ pipeline: 'child.yaml' });
    expect(outcome.files).toHaveLength(2);
  });

  it('cannot be mapped over one that takes a concurrency group, which items could not hold each', async () => {
    const { lines } = await load({
      'main.yaml': main('{ id: each, pipeline: alone.yaml, map: { over: { range: 3 } } }'),
      'alone.yaml': 'name: alone\nconcurrency: { group: one }\nstages:\n  - { id: a, set: {} }\n',
    });
    expect(lines).toEqual([
      'main.yaml:3:27 key-not-for-kind maps over pipeline "alone", which has `concurrency`; remove that, and bound the items by `map.max_concurrency` or by a pool',
    ]);
  });
});
