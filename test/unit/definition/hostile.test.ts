import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadDefinition, loadDefinitionText } from '../../../src/definition/load.js';

const options = { file: 'hostile.yaml', catalog: null, env: {} };

async function codesOf(text: string): Promise<readonly string[]> {
  const { plan, problems } = await loadDefinitionText(text, options);
  expect(plan).toBeNull();
  for (const { line, column } of problems) expect(Math.min(line, column)).toBeGreaterThan(0);
  return [...new Set(problems.map(({ code }) => code))];
}

const stage = (output: string): string => `name: demo\nstages:\n  - id: a\n    set: { output: ${output} }\n`;

describe('a hostile text ends with a clear error', () => {
  it('billion laughs', async () => {
    const levels = Array.from({ length: 12 }, (_, i) => {
      const item = i === 0 ? 'lol' : `*l${i - 1}`;
      return `  l${i}: &l${i} [${Array.from({ length: 10 }, () => item).join(', ')}]`;
    });
    expect(await codesOf(`name: demo\nvariables:\n${levels.join('\n')}\nstages: []\n`)).toEqual([
      'too-many-values',
    ]);
  });

  it('wide aliases of a large list', async () => {
    const big = `[${Array.from({ length: 2000 }, () => '1').join(',')}]`;
    const uses = Array.from({ length: 2000 }, () => '*big').join(',');
    expect(await codesOf(stage(`[&big ${big}, ${uses}]`))).toEqual(['too-many-values']);
  });

  it('few aliases are fine', async () => {
    const text =
      'name: demo\nvariables: { base: &b { x: 1 } }\nstages:\n  - id: a\n    set: { output: [*b, *b] }\n';
    const { plan } = await loadDefinitionText(text, options);
    expect(plan?.stages[0]?.action).toMatchObject({ output: [{ x: 1 }, { x: 1 }] });
  });

  it.each([
    ['lists', stage('['.repeat(70) + ']'.repeat(70))],
    ['objects', stage('{ a: '.repeat(70) + '1' + ' }'.repeat(70))],
    ['lists without end', '['.repeat(50_000)],
    ['objects without end', '{ a: '.repeat(10_000)],
    ['blocks', '- '.repeat(5000)],
    ['JSON', `{ "name": "demo", "stages": ${'['.repeat(5000)}${']'.repeat(5000)} }`],
  ])('deeply nested %s', async (_, text) => {
    expect(await codesOf(text)).toContain('too-deep');
  });

  it('a text over the limit', async () => {
    expect(await codesOf(`# ${'x'.repeat(5 * 1024 * 1024)}`)).toEqual(['file-too-large']);
  });

  it('thousands of keys in one object, some twice', async () => {
    const keys = Array.from({ length: 30_000 }, (_, i) => `  k${i % 29_999}: 1`);
    expect(await codesOf(`name: demo\nvariables:\n${keys.join('\n')}\nstages: []\n`)).toContain(
      'duplicate-key',
    );
  });

  it('a thousand problems are enough', async () => {
    const keys = Array.from({ length: 3000 }, (_, i) => [`k${i}`, 1]);
    const inputs = Array.from({ length: 500 }, (_, i) => [`i${i}`, { type: 'nope', [`x${i}`]: 1 }]);
    const text = JSON.stringify({
      name: 'demo',
      ...Object.fromEntries(keys),
      inputs: Object.fromEntries(inputs),
      stages: Array.from({ length: 500 }, (_, i) => ({ id: `s${i}`, set: {}, depends_on: [`t${i}`] })),
    });
    const { problems } = await loadDefinitionText(text, options);
    expect(problems).toHaveLength(1001);
    expect(problems.at(-1)).toMatchObject({
      code: 'too-many-problems',
      message: 'there are 3500 more problems; fix these first',
    });
  });

  it('keys that reach for prototypes change nothing', async () => {
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      const yaml = `name: demo\n${key}: { polluted: true }\nstages: []\n`;
      expect(await codesOf(yaml)).toContain('forbidden-key');
      expect(await codesOf(`{ "name": "demo", "${key}": { "polluted": true }, "stages": [] }`)).toContain(
        'forbidden-key',
      );
    }
    expect('polluted' in {}).toBe(false);
  });

  it('an ID of every object is an ordinary ID', async () => {
    const text =
      'name: demo\nstages:\n  - { id: toString, set: {} }\n  - { id: b, set: { output: "${{ stages.toString.status }}" } }\n';
    const { plan, problems } = await loadDefinitionText(text, options);
    expect(problems).toEqual([]);
    expect(plan?.stages[1]?.implied).toEqual(['toString']);
  });

  it('names of every object are not declared by that', async () => {
    const text =
      'name: demo\nstages:\n  - { id: a, set: { output: "${{ inputs.toString }}${{ stages.valueOf.output }}" } }\n';
    const { problems } = await loadDefinitionText(text, options);
    expect(problems.map(({ code }) => code)).toEqual(['unknown-name', 'unknown-name']);
  });

  it('a monstrous expression', async () => {
    expect(await codesOf(stage(`"\${{ ${'('.repeat(2000)} }}"`))).toEqual(['bad-expression']);
    expect(await codesOf(stage(`"\${{ 1${'+1'.repeat(8000)} }}"`))).toEqual(['bad-expression']);
  });

  it.each([
    ['a number', 7],
    ['a list', [[], {}]],
    ['null', null],
    ['a deep list', [[[['x']]]]],
    ['a flag', true],
  ])('every key holding %s', async (_, junk) => {
    const keys =
      'name version description author tags labels inputs variables secrets scheduling failure max_parallel_stages timeout defaults requires concurrency modes outputs on_success on_failure finally';
    const stageKeys =
      'id name description depends_on enabled condition run_when timeout retry mode isolation artifacts uses with run env cwd grace http pipeline gate set sleep until wait_for priority task_queue';
    const fill = (names: string): object => Object.fromEntries(names.split(' ').map((key) => [key, junk]));
    const text = JSON.stringify({ ...fill(keys), stages: [fill(stageKeys), junk] });
    expect((await codesOf(text)).length).toBeGreaterThan(0);
  });
});

describe('hostile files', () => {
  async function fileWith(bytes: Uint8Array | string): Promise<string> {
    const file = join(await mkdtemp(join(tmpdir(), 'sluice-hostile-')), 'pipeline.yaml');
    await writeFile(file, bytes);
    return file;
  }

  it.each([
    ['invalid UTF-8', Uint8Array.of(0x6e, 0xff, 0xfe, 0x80), 'not-text'],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00), 'not-text'],
    ['NUL bytes', Uint8Array.of(0x61, 0x3a, 0x00), 'not-text'],
    ['5 MiB', 'x'.repeat(5 * 1024 * 1024), 'file-too-large'],
    ['nothing', '', 'empty-file'],
  ])('%s', async (_, bytes, code) => {
    const { plan, problems } = await loadDefinition(await fileWith(bytes), { catalog: null, env: {} });
    expect(plan).toBeNull();
    expect(problems.map((problem) => problem.code)).toEqual([code]);
  });

  it('a byte order mark is fine', async () => {
    const file = await fileWith('\uFEFFname: demo\nstages:\n  - { id: a, set: {} }\n');
    expect((await loadDefinition(file, { catalog: null, env: {} })).problems).toEqual([]);
  });

  it('a file that does not exist, and a folder', async () => {
    for (const [file, message] of [
      ['/nowhere/pipeline.yaml', 'the file does not exist'],
      [tmpdir(), 'the file cannot be read (it is not a regular file)'],
    ] as const) {
      const { problems } = await loadDefinition(file, { catalog: null, env: {} });
      expect(problems[0]?.message).toBe(message);
    }
  });
});

describe('arbitrary input', () => {
  it('never throws on any text', async () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'name: demo',
        'stages:',
        '  - id: a',
        '    set: {}',
        '${{',
        '}}',
        '&a',
        '*a',
        '- [',
        '"',
        '|',
        '? x',
        '---',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
        const outcome = await loadDefinitionText(lines.join('\n'), options);
        expect(outcome.plan === null).toBe(outcome.problems.some(({ severity }) => severity === 'error'));
      }),
      { numRuns: 200 },
    );
  });

  it('never throws on any JSON in any place', async () => {
    const place = fc.constantFrom(
      'inputs',
      'modes',
      'defaults',
      'http',
      'gate',
      'wait_for',
      'retry',
      'env',
      'with',
      'set',
    );
    await fc.assert(
      fc.asyncProperty(place, fc.jsonValue({ maxDepth: 3 }), async (key, value) => {
        const definition = { name: 'demo', [key]: value, stages: [{ id: 'a', set: {}, [key]: value }] };
        const { problems } = await loadDefinitionText(JSON.stringify(definition), options);
        expect(problems.every(({ line }) => line > 0)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
