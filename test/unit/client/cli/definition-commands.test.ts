import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runCli } from '../../../support/run-cli.js';

const GOOD = `name: good
version: 2.0.0
inputs:
  rows: { type: integer, default: 3, minimum: 1 }
  name: { type: string, required: true }
modes:
  quick: { stages: [load] }
stages:
  - id: load
    run: [echo, "\${{ inputs.rows }}"]
  - id: check
    gate: { checks: [{ name: rows, assert: stages.load.output > 0 }] }
    condition: inputs.rows > 1
outputs: { rows: "\${{ stages.load.output }}" }
`;

const BAD = `name: bad
version: 1.0.0
stages:
  - id: load
    run: [echo, hello]
  - id: check
    depends_on: [lod]
    gate: { checks: [{ name: rows, assert: stages.load.output > 0 }] }
    conditoin: "true"
`;

let dir: string;
let good: string;
let bad: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-definitions-'));
  good = join(dir, 'good.yaml');
  bad = join(dir, 'bad.yaml');
  await writeFile(good, GOOD);
  await writeFile(bad, BAD);
});

describe('validate', () => {
  test('says that a definition is valid', async () => {
    const { exitCode, stdout } = await runCli(['validate', good]);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`✓ ${good} is valid\n`);
  });

  test('prints every problem with the line it stands on, and exits with 2', async () => {
    const { exitCode, stdout, stderr } = await runCli(['validate', bad]);
    expect(exitCode).toBe(2);
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /bad\.yaml:7:18 stage "check" .*Did you mean "load"\?\n {5}7 \| {5}depends_on: \[lod\]\n {26}\^\n/,
    );
    expect(stdout).toMatch(/bad\.yaml:9:5 stage "check".*Did you mean "condition"\?/);
    expect(stdout).toContain(`✗ ${bad}: 2 errors`);
  });

  test('checks several files, each once', async () => {
    const { exitCode, stdout } = await runCli(['validate', good, bad, good]);
    expect(exitCode).toBe(2);
    expect(stdout.match(/is valid/g)).toHaveLength(1);
    expect(stdout.match(/✗/g)).toHaveLength(1);
  });

  test('gives the problems of all files as one JSON document', async () => {
    const { exitCode, json, stderr } = await runCli(['validate', good, bad, '--json']);
    expect(exitCode).toBe(2);
    expect(stderr).toBe('');
    expect(json()).toEqual({
      files: [
        { file: good, valid: true, problems: [] },
        {
          file: bad,
          valid: false,
          problems: [
            expect.objectContaining({
              code: 'unknown-dependency',
              severity: 'error',
              message: expect.any(String) as string,
              line: 7,
              column: 18,
              stage: 'check',
              suggestion: 'load',
            }),
            expect.objectContaining({ code: 'unknown-key', line: 9, column: 5, suggestion: 'condition' }),
          ],
        },
      ],
    });
  });

  test('reports a file that does not exist as its problem', async () => {
    const { exitCode, json } = await runCli(['validate', join(dir, 'none.yaml'), '--json']);
    expect(exitCode).toBe(2);
    expect(json()).toMatchObject({ files: [{ valid: false, problems: [{ code: 'file-not-found' }] }] });
  });

  test('reports a configuration that cannot be used', async () => {
    const project = await mkdtemp(join(tmpdir(), 'sluice-config-'));
    await writeFile(join(project, 'sluice.config.json'), '{ "taskQueu": "x" }');
    await writeFile(join(project, 'good.yaml'), GOOD);
    const { exitCode, json } = await runCli(['validate', join(project, 'good.yaml'), '--json']);
    expect(exitCode).toBe(2);
    expect(json()).toMatchObject({
      error: { code: 'config_invalid', message: expect.stringContaining('taskQueu') as string },
    });
  });

  test('takes the name that the configuration gives to a pipeline', async () => {
    const project = await mkdtemp(join(tmpdir(), 'sluice-names-'));
    await writeFile(join(project, 'sluice.config.json'), '{ "pipelines": { "prices": "deep/good.yaml" } }');
    await mkdir(join(project, 'deep'));
    await writeFile(join(project, 'deep', 'good.yaml'), GOOD);
    const { exitCode, json } = await runCli(['validate', 'prices', '--json'], { cwd: project });
    expect(json()).toEqual({ files: [{ file: 'prices', valid: true, problems: [] }] });
    expect(exitCode).toBe(0);
  });

  test('shortens a long line around the place of the problem', async () => {
    const long = join(dir, 'long.json');
    const stages = Array.from({ length: 40 }, (_, i) => ({
      id: `s${i}`,
      run: ['true'],
      depends_on: i === 39 ? ['x'] : [],
    }));
    await writeFile(long, JSON.stringify({ name: 'long', version: '1.0.0', stages }));
    const { stdout } = await runCli(['validate', long]);
    const [, excerpt = '', mark = ''] = stdout.split('\n');
    expect(excerpt.length).toBeLessThan(115);
    expect(excerpt.slice(mark.indexOf('^'))).toMatch(/^"x"/);
  });
});

describe('plan', () => {
  test('prints waves, what implies them, and the longest chain', async () => {
    const { exitCode, stdout } = await runCli(['plan', good]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^good 2\.0\.0 {2}2 stages in 2 waves/);
    expect(stdout).toMatch(/2 {2}check \* {2}gate 1 check .* load~ .* if inputs\.rows > 1\n/);
    expect(stdout).toContain('* longest chain: load → check');
  });

  test('gives the shape that others build on as JSON', async () => {
    const { json } = await runCli(['plan', good, '--json']);
    expect(json()).toMatchObject({
      pipeline: 'good',
      version: '2.0.0',
      waves: [['load'], ['check']],
      edges: [['load', 'check']],
      stages: {
        load: {
          kind: 'run',
          depends_on: [],
          condition: null,
          timeout_ms: expect.any(Number) as number,
          retry: {},
        },
        check: { kind: 'gate', depends_on: ['load'], condition: 'inputs.rows > 1' },
      },
      critical_path: ['load', 'check'],
      inputs: null,
    });
  });

  test('fills in the defaults of inputs when some are given', async () => {
    const { json } = await runCli(['plan', good, '-i', 'name=Ada', '--json']);
    expect(json()).toMatchObject({ inputs: { name: 'Ada', rows: 3 } });
  });

  test('greys out what a mode leaves out', async () => {
    const { json } = await runCli(['plan', good, '--mode', 'quick', '--json']);
    expect(json()).toMatchObject({ mode: 'quick', stages: { check: { skip_reason: 'mode' } } });
  });

  test.each([
    [['--mode', 'quik'], 'Did you mean "quick"?'],
    [['-i', 'rows=0', '-i', 'name=x'], 'must be at least 1, got 0'],
    [['-i', 'rows=many', '-i', 'name=x'], 'must be an integer, got `"many"` (string)'],
    [['-i', 'rows=2'], 'input "name" (string) is required'],
    [['-i', 'nme=x', '-i', 'name=x'], 'Did you mean "name"?'],
  ])('refuses what a run would refuse: %j', async (flags, message) => {
    const { exitCode, stdout, stderr } = await runCli(['plan', good, ...flags]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });

  test('of a bad definition prints its problems on stderr and exits with 2', async () => {
    const { exitCode, stdout, stderr } = await runCli(['plan', bad]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('bad.yaml:7:18');
    expect(stderr).toContain('error The definition has 2 errors.');
  });

  test('of a bad definition gives its problems in the JSON error', async () => {
    const { exitCode, stderr, json } = await runCli(['plan', bad, '--json']);
    expect(exitCode).toBe(2);
    expect(stderr).toBe('');
    expect(json()).toMatchObject({
      error: {
        code: 'definition_invalid',
        message: 'The definition has 2 errors.',
        problems: [{ line: 7 }, { line: 9 }],
      },
    });
  });
});

describe('graph', () => {
  test.each([
    ['mermaid', /^flowchart LR\n/],
    ['dot', /^digraph "good 2\.0\.0" \{/],
    ['svg', /^<svg [^]*<\/svg>\n$/],
    ['html', /^<!doctype html>[^]*<svg [^]*<\/html>\n$/],
  ])('prints %s', async (format, expected) => {
    const { exitCode, stdout, stderr } = await runCli(['graph', good, '--format', format]);
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(expected);
  });

  test('writes to a file', async () => {
    const output = join(dir, 'good.svg');
    const { stdout, stderr } = await runCli(['graph', good, '-f', 'svg', '-o', output]);
    expect(stdout).toBe('');
    expect(stderr).toBe(`Wrote ${output}\n`);
    expect(await readFile(output, 'utf8')).toMatch(/^<svg/);
  });

  test('gives the drawing inside JSON, or the file it is in', async () => {
    const printed = await runCli(['graph', good, '--json']);
    expect(printed.json()).toEqual({
      format: 'mermaid',
      file: null,
      graph: expect.stringMatching(/^flowchart/) as string,
    });
    const output = join(dir, 'good.dot');
    const written = await runCli(['graph', good, '--json', '-f', 'dot', '-o', output]);
    expect(written.json()).toEqual({ format: 'dot', file: output });
  });

  test('reports a folder that does not exist', async () => {
    const { exitCode, stderr } = await runCli(['graph', good, '-o', join(dir, 'no', 'x.mmd')]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('does not exist.');
  });

  test('reports a mode that does not exist and names those that do', async () => {
    const { exitCode, stderr } = await runCli(['graph', good, '--mode', 'slow']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('The mode "slow" does not exist.\nModes: quick.');
  });

  test('does not try to draw what takes minutes to lay out', async () => {
    const large = join(dir, 'large.json');
    const stages = Array.from({ length: 1501 }, (_, i) => ({ id: `s${i}`, set: { output: i } }));
    await writeFile(large, JSON.stringify({ name: 'large', version: '1.0.0', stages }));
    const { exitCode, stderr } = await runCli(['graph', large, '--format', 'svg']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('The pipeline has 1501 stages; svg draws up to 1500.');
    expect((await runCli(['graph', large])).exitCode).toBe(0);
  });
});

describe('schema', () => {
  test('prints a JSON Schema that accepts a valid definition and refuses an unknown key', async () => {
    const { exitCode, json } = await runCli(['schema']);
    expect(exitCode).toBe(0);
    const check = new Ajv({ strict: false }).compile(json() as object);
    expect(check(parse(GOOD)), JSON.stringify(check.errors)).toBe(true);
    expect(check(parse(BAD))).toBe(false);
  });
});
