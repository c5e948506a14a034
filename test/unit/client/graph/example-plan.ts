import type { Plan } from '../../../../src/engine/plan.js';
import { aMap } from '../../../support/a-map.js';
import { aPlan, aStage } from '../../../support/a-plan.js';

/** A plan with every kind of stage, a map, a pool, a condition, an implied edge, a disabled stage, a mode and hooks. */
export const EXAMPLE: Plan = aPlan(
  [
    aStage('load', { name: 'Load prices' }),
    aStage('fetch', {
      action: {
        kind: 'http',
        request: {
          method: 'GET',
          url: 'https://example.com/prices',
          headers: {},
          query: {},
          expected_status: [],
          response: 'auto',
        },
      },
      map: aMap({
        over: { type: 'list', list: '${{ inputs.symbols }}' },
        as: 'symbol',
        batch_size: 10,
        max_concurrency: 4,
        on_item_failure: { max_failures: 2, max_failure_ratio: null },
        collect: 'file',
      }),
      pools: [{ pool: 'exchange', slots: 2, key: '${{ inputs.account }}' }],
    }),
    aStage('check', {
      depends_on: ['load'],
      action: { kind: 'gate', checks: [{ name: 'rows', assert: 'true' }], min_pass_rate: 0.5 },
    }),
    aStage('compute', {
      depends_on: ['check', 'load'],
      implied: ['load'],
      condition: 'stages.load.output.rows > 100',
      action: { kind: 'run', command: ['python3', 'compute.py'], env: {}, cwd: null, grace_ms: 5000 },
    }),
    aStage('publish', {
      depends_on: ['compute', 'fetch'],
      action: { kind: 'pipeline', pipeline: './publish.yaml', with: {} },
    }),
    aStage('note', {
      depends_on: ['fetch'],
      action: { kind: 'set', output: { a: 1 }, state: { seen: true } },
    }),
    aStage('pause', {
      depends_on: ['fetch'],
      enabled: false,
      action: { kind: 'sleep', duration: 90_000 },
    }),
    aStage('dawn', { action: { kind: 'until', time: '2030-01-01T06:00:00Z' } }),
    aStage('file', {
      depends_on: ['dawn'],
      action: {
        kind: 'wait_for',
        target: { type: 'file', file: 'in.csv' },
        every_ms: 5000,
        wait_timeout_ms: 60_000,
      },
    }),
  ],
  {
    pipeline: 'market-data',
    modes: { quick: { stages: ['load', 'check'], variables: { window: 1 } } },
    hooks: {
      on_success: [],
      on_failure: [aStage('tell')],
      finally: [aStage('clean'), aStage('report', { depends_on: ['clean'] })],
    },
  },
);
