import { describe, expect, it } from 'vitest';
import { loadDefinitionText } from '../../../src/definition/load.js';
import { formatProblem } from '../../../src/definition/problem.js';
import { CANARY_MISTAKES } from './canary-mistakes.js';

const options = { file: 'pipeline.yaml', catalog: null, env: {} };

const load = (text: string) => loadDefinitionText(text, options);

describe('a mistake in a canary', () => {
  it.each(CANARY_MISTAKES)('$title is reported', async ({ text, problems }) => {
    const outcome = await load(text);
    expect(outcome.problems.map((problem) => `${problem.code} ${formatProblem(problem)}`)).toEqual(problems);
    expect(outcome.plan).toBeNull();
  });
});

const FULL = `name: demo
inputs: { url: { type: string, required: true } }
secrets: [TOKEN]
stages:
  - { id: live, set: { output: { version: v1 } } }
  - id: ship
    task_queue: gpu
    hold_on_failure: true
    canary:
      baseline: \${{ stages.live.output.version }}
      candidate: v2
      target:
        service: mapper
        http: { url: '\${{ inputs.url }}/weights', headers: { authorization: 'Bearer \${{ secrets.TOKEN }}' } }
      steps: [5, { weight: 50, soak: 1h }, 90]
      soak: 10m
      interval: 1m
      window: 2m
      min_samples: 100
      failure_limit: 1
      inconclusive: fail
      inconclusive_after: 7m
      promote: approval
      approval: { approvers: [ada, bob], required: 2, timeout: 1d, on_timeout: promote }
      timeout: 2d
      kpis:
        - name: p95
          http: { url: 'http://kpi/\${{ version }}', value: body.p95, samples: 'body.versions[version].n' }
          max: 250
          baseline: { max_ratio: 1.2 }
        - name: errors
          prometheus: { url: http://prometheus, query: 'rate(e{v="\${{ version }}"}[\${{ window_seconds }}s])' }
          max: 0.01
          min_samples: 0
        - { name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8, baseline: { max_decrease: 0.02 } }
`;

describe('the plan of a canary', () => {
  it('has every setting, in milliseconds, and the weight of all traffic at the end', async () => {
    const { plan, problems } = await load(FULL);
    expect(problems).toEqual([]);
    const stage = plan?.stages[1];
    expect(stage?.depends_on).toEqual(['live']);
    expect(stage?.action).toMatchObject({
      kind: 'canary',
      canary: {
        steps: [
          { weight: 5, soak_ms: 600_000 },
          { weight: 50, soak_ms: 3_600_000 },
          { weight: 90, soak_ms: 600_000 },
          { weight: 100, soak_ms: 0 },
        ],
        rules: {
          interval_ms: 60_000,
          window_ms: 120_000,
          failure_limit: 1,
          inconclusive: 'fail',
          inconclusive_after_ms: 420_000,
          promote: 'approval',
          timeout_ms: 172_800_000,
        },
        approval: { approvers: ['ada', 'bob'], required: 2, timeout_ms: 86_400_000, on_timeout: 'promote' },
        target: { type: 'http', method: 'PUT', service: 'mapper', body: { weights: '${{ weights }}' } },
        kpis: [
          { name: 'p95', min_samples: 100, max: 250, min: null, baseline: { max_ratio: 1.2 } },
          { name: 'errors', min_samples: 0, source: { type: 'prometheus', samples: null } },
          { name: 'f1', min_samples: 100, source: { type: 'uses', uses: 'f1' } },
        ],
      },
    });
  });

  it('holds expressions for weights, times, samples and bounds until it starts', async () => {
    const definition = (input: string): string => `name: demo
inputs: { first: { type: integer, default: 5 }, soak: { type: string, default: 5m } }
stages:
  - id: ship
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://router, service: mapper }
      steps: ['\${{ inputs.${input} }}', { weight: 50, soak: 1h }]
      soak: '\${{ inputs.soak }}'
      min_samples: '\${{ inputs.first * 2 }}'
      kpis: [{ name: f1, uses: f1, min: '\${{ inputs.first / 10 }}' }]
`;
    const { plan, problems } = await load(definition('first'));
    expect(problems).toEqual([]);
    expect(plan?.stages[0]?.action).toMatchObject({
      canary: {
        schedule: { steps: ['${{ inputs.first }}', { weight: 50, soak: '1h' }], soak: '${{ inputs.soak }}' },
        kpis: [{ min: '${{ inputs.first / 10 }}', min_samples: '${{ inputs.first * 2 }}' }],
      },
    });
    const mistaken = await load(definition('frist'));
    expect(mistaken.problems.map((problem) => formatProblem(problem))).toEqual([
      expect.stringContaining('`inputs.frist`, which does not exist'),
    ]);
  });

  it('fills in what is usual', async () => {
    const { plan } = await load(`name: demo
stages:
  - id: ship
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://router, service: mapper }
      steps: [10, 100]
      kpis: [{ name: f1, uses: f1, min: 0.8 }]
`);
    expect(plan?.stages[0]?.action).toMatchObject({
      canary: {
        steps: [
          { weight: 10, soak_ms: 300_000 },
          { weight: 100, soak_ms: 300_000 },
        ],
        rules: {
          interval_ms: 30_000,
          window_ms: 30_000,
          failure_limit: 0,
          inconclusive: 'ask',
          inconclusive_after_ms: 300_000,
          promote: 'automatic',
          timeout_ms: null,
        },
      },
    });
  });
});
