import { describe, expect, it } from 'vitest';
import type { StageCatalog } from '../../../src/definition/catalog.js';
import { compileDefinition } from '../../../src/definition/compile.js';

const catalog: StageCatalog = {
  stages: new Map([['work', { name: 'work', version: '1', checkParams: () => [] }]]),
  pipelines: new Map(),
  pools: new Map([['gpu', { slots: 2, rate: null }]]),
};

function compile(definition: object, known: StageCatalog | null = catalog) {
  return compileDefinition({ name: 'p', ...definition }, { catalog: known, env: {} });
}

const stage = (pool: unknown, more: object = {}) => ({ id: 's', uses: 'work', pool, ...more });

describe('the pools of a definition', () => {
  it('come from the configuration or from the file, and only those that stages use travel with the plan', () => {
    const api = { rate: { limit: 60, per: '1m' } };
    const { plan, problems } = compile({
      inputs: { account: { type: 'string', required: true } },
      pools: { api, unused: { slots: 1 } },
      stages: [stage(['gpu', { name: 'api', key: '${{ inputs.account }}' }])],
    });
    expect(problems).toEqual([]);
    expect(plan?.pools).toEqual({
      gpu: { slots: 2, rate: null },
      api: { slots: null, rate: { limit: 60, per_ms: 60_000 } },
    });
    expect(plan?.stages[0]?.pools).toEqual([
      { pool: 'gpu', slots: 1, key: null },
      { pool: 'api', slots: 1, key: '${{ inputs.account }}' },
    ]);
  });

  it('make a stage wait for the stages that its key reads', () => {
    const { plan } = compile({
      stages: [
        { id: 'a', uses: 'work' },
        stage({ name: 'gpu', slots: 2, key: '${{ stages.a.output.key }}' }),
      ],
    });
    expect(plan?.stages[1]).toMatchObject({ depends_on: ['a'], pools: [{ pool: 'gpu', slots: 2 }] });
  });

  it('may be any where the configuration is not known', () => {
    expect(compile({ stages: [stage('whatever')] }, null).problems).toEqual([]);
  });

  it.each([
    [
      'is not configured',
      { stages: [stage('gpus')] },
      'unknown-pool',
      /"gpus", which does not exist. Pools here: gpu/,
      'gpu',
    ],
    [
      'has fewer slots',
      { stages: [stage({ name: 'gpu', slots: 3 })] },
      'bad-pool',
      /needs 3 slots of the pool "gpu", which has 2/,
      null,
    ],
    ['is listed twice', { stages: [stage(['gpu', 'gpu'])] }, 'duplicate-item', /the pool "gpu" twice/, null],
    [
      'is configured otherwise',
      { pools: { gpu: { slots: 3 } }, stages: [stage('gpu')] },
      'bad-pool',
      /other values \(slots: 2\)/,
      null,
    ],
    ['limits nothing', { pools: { x: {} }, stages: [stage('x')] }, 'bad-pool', /"x" limits nothing/, null],
    [
      'has no slots to ask for',
      { pools: { x: { rate: { limit: 1, per: '1s' } } }, stages: [stage({ name: 'x', slots: 2 })] },
      'bad-pool',
      /has a rate and no slots/,
      null,
    ],
    [
      'has a bad name',
      { pools: { 'a b': { slots: 1 } }, stages: [{ id: 's', uses: 'work' }] },
      'bad-id',
      /letters, digits/,
      null,
    ],
    [
      'is named by a stage that runs nothing',
      { stages: [{ id: 's', sleep: '1s', pool: 'gpu' }] },
      'key-not-for-kind',
      /`pool` does not fit `sleep`/,
      null,
    ],
    [
      'gives a key with a mistake',
      { stages: [stage({ name: 'gpu', key: '${{ inputs.nothing }}' })] },
      'unknown-name',
      /nothing/,
      null,
    ],
  ])('are refused when one %s', (_what, definition, code, message, suggestion) => {
    const { plan, problems } = compile(definition);
    expect(plan).toBeNull();
    expect(problems).toEqual([
      expect.objectContaining({ code, message: expect.stringMatching(message), suggestion }),
    ]);
  });
});

describe('priority and fairness of a definition', () => {
  it('travel with the plan', () => {
    const fairness = { key: '${{ inputs.tenant }}', weight: 2 };
    const { plan, problems } = compile({
      inputs: { tenant: { type: 'string', required: true } },
      priority: 1,
      fairness,
      stages: [{ id: 's', uses: 'work' }],
    });
    expect(problems).toEqual([]);
    expect(plan).toMatchObject({ priority: 1, fairness });
  });

  it('cannot depend on what only the run knows', () => {
    const { problems } = compile({
      fairness: { key: '${{ stages.s.output }}' },
      stages: [{ id: 's', uses: 'work' }],
    });
    expect(problems).toEqual([
      expect.objectContaining({
        code: 'expression-not-allowed',
        message: expect.stringMatching(/needed before the run starts/),
      }),
    ]);
  });
});
