import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileDefinition } from '../../../src/definition/compile.js';
import { loadDefinitionText, loadDefinitionValue } from '../../../src/definition/load.js';
import { formatProblem } from '../../../src/definition/problem.js';
import type { Plan, StagePlan } from '../../../src/engine/plan.js';

const FULL = readFileSync('test/unit/definition/full.yaml', 'utf8');
const env = { OUT_DIR: undefined };

async function planOf(text: string, file = 'full.yaml'): Promise<Plan> {
  const { plan, problems } = await loadDefinitionText(text, { file, catalog: null, env });
  expect(problems).toEqual([]);
  if (plan === null) throw new Error('no plan');
  return plan;
}

async function stageOf(stage: string, rest = ''): Promise<StagePlan | undefined> {
  return (await planOf(`name: demo\n${rest}stages:\n  - ${stage}\n`)).stages[0];
}

describe('YAML and JSON mean the same', () => {
  it('and so does a plain object', async () => {
    const plan = await planOf(FULL);
    const value: unknown = parse(FULL);
    expect(await planOf(JSON.stringify(value), 'full.json')).toEqual(plan);
    expect(await planOf(JSON.stringify(value, null, 2), 'full.json')).toEqual(plan);
    expect(compileDefinition(value, { catalog: null, env }).plan).toEqual(plan);
  });

  it('a plan is plain JSON', async () => {
    const plan = await planOf(FULL);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});

describe('a plan', () => {
  it('has every default filled in', async () => {
    expect(await planOf('name: demo\nstages:\n  - { id: a, uses: x }\n')).toEqual({
      pipeline: 'demo',
      version: '0',
      tags: [],
      labels: {},
      inputs: {},
      variables: {},
      secrets: [],
      scheduling: 'dataflow',
      failure: 'fail_fast',
      max_parallel_stages: null,
      timeout_ms: null,
      deadline_ms: null,
      pools: {},
      requires: [],
      concurrency: null,
      modes: {},
      stages: [
        {
          id: 'a',
          name: 'a',
          depends_on: [],
          implied: [],
          enabled: true,
          condition: null,
          run_when: 'all_succeeded',
          continue_on_error: false,
          timeout_ms: 86_400_000,
          total_timeout_ms: null,
          queue_timeout_ms: null,
          heartbeat_timeout_ms: 30_000,
          retry: {
            max_attempts: 3,
            initial_delay_ms: 1000,
            backoff: 2,
            max_delay_ms: 60_000,
            retryable_errors: [],
            non_retryable_errors: ['ValidationError'],
          },
          task_queue: null,
          priority: null,
          mode: 'activity',
          isolation: 'none',
          artifacts: [],
          map: null,
          cache: null,
          pools: [],
          fallback: null,
          hold: null,
          undo: null,
          deadline_ms: null,
          action: { kind: 'uses', uses: 'x', with: {} },
        },
      ],
      hooks: { on_success: [], on_failure: [], finally: [] },
      outputs: {},
      pipelines: {},
    });
  });

  it('holds a deadline as a time from the start or as an instant', async () => {
    const plan = await planOf(`
name: x
deadline: { at: '2026-03-01T18:00:00+01:00', warn_before: 1h }
stages:
  - { id: a, set: {}, deadline: 2026-03-01T18:00:00Z }
  - { id: b, set: {}, deadline: 90 }
`);
    expect(plan).toMatchObject({
      deadline_ms: null,
      deadline_at: '2026-03-01T17:00:00.000Z',
      deadline_warn_ms: 3_600_000,
      stages: [{ deadline_ms: null, deadline_at: '2026-03-01T18:00:00.000Z' }, { deadline_ms: 90_000 }],
    });
  });

  it('holds what may be reused: a key and an age, or the default key', async () => {
    const cacheOf = async (cache: string): Promise<unknown> => {
      const plan = await planOf(`name: demo\nstages:\n  - { id: a, uses: x, cache: ${cache} }\n`);
      return plan.stages[0]?.cache;
    };
    expect((await planOf(FULL)).stages[1]?.cache).toEqual({
      key: '${{ hash(inputs.dataset) }}',
      max_age_ms: 86_400_000,
    });
    expect(await cacheOf('true')).toEqual({ key: null, max_age_ms: null });
    expect(await cacheOf('{}')).toEqual({ key: null, max_age_ms: null });
    expect(await cacheOf('{ max_age: 2h }')).toEqual({ key: null, max_age_ms: 7_200_000 });
    expect(await cacheOf('false')).toBeNull();
  });

  it('keeps the order of the file and adds what expressions imply after what is written', async () => {
    const plan = await planOf(FULL);
    const edges = plan.stages.map(({ id, depends_on, implied }) => [id, depends_on, implied]);
    expect(edges.slice(0, 4)).toEqual([
      ['prepare', [], []],
      ['train', ['prepare'], ['prepare']],
      ['cmd', ['prepare', 'train'], ['train']],
      ['shell', [], []],
    ]);
  });

  it('does not imply dependencies of hooks on stages', async () => {
    const { hooks } = await planOf(FULL);
    expect(hooks.finally.map(({ id, depends_on }) => [id, depends_on])).toEqual([
      ['notify', []],
      ['tidy', ['notify']],
    ]);
  });

  it('holds the values of modes, with stages: null for all', async () => {
    const { modes } = await planOf(FULL);
    expect(modes).toEqual({
      daily: { stages: ['prepare'], variables: { window: 1 } },
      all: { stages: null, variables: {} },
    });
  });

  it('turns labels into text', async () => {
    expect((await planOf(FULL)).labels).toEqual({ team: 'safety', tier: '1', gold: 'true' });
  });
});

describe('kinds of stages', () => {
  it.each<[string, object]>([
    [
      '{ id: a, run: [ls, -l], env: { N: 1, F: true }, cwd: src, grace: 3s }',
      {
        kind: 'run',
        command: ['ls', '-l'],
        env: { N: 1, F: true },
        cwd: 'src',
        grace_ms: 3000,
      },
    ],
    [
      '{ id: a, run: "echo ${HOME}" }',
      {
        kind: 'run',
        command: 'echo ${HOME}',
        env: {},
        cwd: null,
        grace_ms: 10_000,
      },
    ],
    [
      '{ id: a, http: { url: "https://x.org" } }',
      {
        kind: 'http',
        request: {
          method: 'GET',
          url: 'https://x.org',
          headers: {},
          query: {},
          expected_status: [],
          response: 'auto',
        },
      },
    ],
    [
      '{ id: a, http: { url: "https://x.org", method: POST, body: { a: 1 }, expected_status: 201, response: json } }',
      {
        kind: 'http',
        request: {
          method: 'POST',
          url: 'https://x.org',
          headers: {},
          query: {},
          body: { a: 1 },
          expected_status: [201],
          response: 'json',
        },
      },
    ],
    [
      '{ id: a, gate: { checks: [{ name: n, assert: "true" }], min_pass_rate: 0.5 } }',
      {
        kind: 'gate',
        checks: [{ name: 'n', assert: 'true' }],
        min_pass_rate: 0.5,
      },
    ],
    ['{ id: a, set: { output: 1, state: { k: 2 } } }', { kind: 'set', output: 1, state: { k: 2 } }],
    ['{ id: a, sleep: 1h30m }', { kind: 'sleep', duration: 5_400_000 }],
    ['{ id: a, sleep: 2 }', { kind: 'sleep', duration: 2000 }],
    ['{ id: a, sleep: "${{ run.attempt }}s" }', { kind: 'sleep', duration: '${{ run.attempt }}s' }],
    ['{ id: a, until: 2030-01-31T09:00:00+01:00 }', { kind: 'until', time: '2030-01-31T09:00:00+01:00' }],
    [
      '{ id: a, wait_for: { uses: ready, with: { x: 1 } } }',
      {
        kind: 'wait_for',
        target: { type: 'uses', uses: 'ready', with: { x: 1 } },
        every_ms: 30_000,
        wait_timeout_ms: 86_400_000,
      },
    ],
    [
      '{ id: a, wait_for: { pipeline: other, max_age: 26h, every: 5s, timeout: 10m } }',
      {
        kind: 'wait_for',
        target: { type: 'pipeline', pipeline: 'other', max_age_ms: 93_600_000 },
        every_ms: 5000,
        wait_timeout_ms: 600_000,
      },
    ],
    [
      '{ id: a, wait_for: { file: /tmp/x } }',
      {
        kind: 'wait_for',
        target: { type: 'file', file: '/tmp/x' },
        every_ms: 30_000,
        wait_timeout_ms: 86_400_000,
      },
    ],
  ])('%s', async (stage, action) => {
    expect((await stageOf(stage))?.action).toEqual(action);
  });
});

describe('defaults', () => {
  const defaults =
    'defaults: { timeout: 10m, priority: 2, task_queue: gpu, retry: { max_attempts: 4, backoff: 3 } }\n';

  it('apply where a stage says nothing', async () => {
    expect(await stageOf('{ id: a, uses: x }', defaults)).toMatchObject({
      timeout_ms: 600_000,
      priority: 2,
      task_queue: 'gpu',
      retry: { max_attempts: 4, backoff: 3, initial_delay_ms: 1000 },
    });
  });

  it('give way to a stage, key by key in retry', async () => {
    expect(
      await stageOf('{ id: a, uses: x, timeout: 1s, retry: { max_attempts: 2 } }', defaults),
    ).toMatchObject({
      timeout_ms: 1000,
      retry: { max_attempts: 2, backoff: 3 },
    });
  });

  it('give stages three attempts unless said otherwise', async () => {
    const http = '{ id: a, http: { url: "https://x.org" } }';
    expect((await stageOf(http))?.retry.max_attempts).toBe(3);
    expect((await stageOf(http, defaults))?.retry.max_attempts).toBe(4);
    expect(
      (await stageOf('{ id: a, http: { url: "https://x.org" }, retry: { backoff: 1 } }'))?.retry,
    ).toMatchObject({
      max_attempts: 3,
      backoff: 1,
    });
  });
});

describe('the environment in variables', () => {
  it('is read, with defaults, at any depth', async () => {
    const text =
      'name: demo\nvariables:\n  a: "x ${HOME} y"\n  b: [{ c: "${NOPE:-d e}" }]\n  e: "${EMPTY:-full}${EMPTY}"\n  f: $${HOME} $HOME\n  g: 3\nmodes: { m: { variables: { h: "${HOME}" } } }\nstages:\n  - { id: a, set: {} }\n';
    const { plan } = await loadDefinitionText(text, {
      file: 'x.yaml',
      catalog: null,
      env: { HOME: '/me', EMPTY: '' },
    });
    expect(plan?.variables).toEqual({ a: 'x /me y', b: [{ c: 'd e' }], e: 'full', f: '${HOME} $HOME', g: 3 });
    expect(plan?.modes['m']?.variables).toEqual({ h: '/me' });
  });

  it('is not read anywhere else', async () => {
    const stage = await stageOf('{ id: a, uses: x, with: { p: "${HOME}" } }');
    expect(stage?.action).toMatchObject({ with: { p: '${HOME}' } });
  });
});

it('10,000 stages with 30,000 edges make a plan', async () => {
  const stages = Array.from({ length: 10_000 }, (_, i) => ({
    id: `s${i}`,
    uses: 'x',
    with: { i },
    depends_on: [1, 2, 3].filter((back) => i >= back).map((back) => `s${i - back}`),
  }));
  const plan = await planOf(JSON.stringify({ name: 'large', stages }), 'large.json');
  expect(plan.stages.reduce((sum, stage) => sum + stage.depends_on.length, 0)).toBe(29_994);
});

describe('a definition built in code', () => {
  it('is loaded like a file, with the pipelines it runs', async () => {
    const stages = [{ id: 'a', pipeline: './full.yaml', with: { dataset: 'x.csv' } }];
    const definition = { name: 'demo', description: undefined, stages };
    const { plan, problems } = await loadDefinitionValue(definition, {
      file: 'test/unit/definition/code.ts',
      catalog: null,
      env,
    });
    expect(problems).toEqual([]);
    expect(Object.keys(plan?.pipelines ?? {})).toEqual(['full.yaml']);
  });

  it('reports problems by path', () => {
    const definition = { name: 'demo', stages: [{ id: 'a', set: {}, timeout: 'soon' }] };
    const { plan, problems } = compileDefinition(definition, { catalog: null, env });
    expect(plan).toBeNull();
    expect(problems.map(formatProblem)).toEqual([
      'definition: stages[0].timeout stage "a": `timeout` must be a duration such as "90s", "1h30m" or "PT5M", or a number of seconds, got `soon` (string)',
    ]);
  });

  it.each([
    ['a circle', circle()],
    ['a bigint', { name: 'demo', stages: [{ id: 'a', set: { output: 1n } }] }],
    ['what is nested too deeply', { name: 'demo', stages: [{ id: 'a', set: { output: nested(100) } }] }],
  ])('must be JSON: %s is refused', (_, value) => {
    const { plan, problems } = compileDefinition(value, { catalog: null, env });
    expect(plan).toBeNull();
    expect(problems.map(({ code }) => code)).toEqual(['not-json']);
  });

  it.each([undefined, null, 'name: demo', 7, [], () => undefined])('must be an object, not %s', (value) => {
    const { problems } = compileDefinition(value, { catalog: null, env });
    expect(problems.map(({ code }) => code)).toEqual(['not-an-object']);
  });
});

function circle(): object {
  const value: Record<string, unknown> = { name: 'demo' };
  value['stages'] = [value];
  return value;
}

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}
