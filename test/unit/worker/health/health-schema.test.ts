import { describe, expect, it } from 'vitest';
import { defineStage, z } from '../../../../src/index.js';
import { completeConfig } from '../../../../src/worker/index.js';

const ping = defineStage({ name: 'ping', params: z.object({}), output: z.boolean(), run: () => true });
const complete = (config: object) => completeConfig(config, { file: null, projectDir: '/project' });
const channels = { ops: { command: { run: ['true'] } } };

it('fills in what nobody said', () => {
  const { checks, monitor } = complete({});
  expect(checks).toEqual([]);
  expect(monitor).toEqual({
    every: 60_000,
    taskQueues: [],
    channels: [],
    alerts: [],
    pipelines: {},
    runs: 20,
    window: 604_800_000,
    errorRate: { warn: 0.1, fail: 0.5 },
    diskUsed: { warn: 0.9, fail: 0.95 },
    memoryUsed: { warn: 0.9, fail: 0.97 },
    scheduleGrace: 120_000,
  });
});

it('reads checks of every kind', () => {
  const { checks } = complete({
    stages: [ping],
    checks: [
      { name: 'api', http: { url: 'https://example.com', expectedStatus: [204] }, timeout: '2s' },
      { name: 'db', uses: 'ping', with: { table: 'prices' }, secrets: ['DB'], level: 'warn', fix: 'Call.' },
      { name: 'disk', run: ['test', '-e', '/data'] },
    ],
  });
  expect(checks).toMatchObject([
    {
      name: 'api',
      timeout_ms: 2_000,
      level: 'fail',
      action: { kind: 'http', request: { expected_status: [204] } },
    },
    { level: 'warn', fix: 'Call.', secrets: ['DB'], action: { kind: 'uses', with: { table: 'prices' } } },
    { timeout_ms: 5_000, fix: null, action: { kind: 'run', command: { command: ['test', '-e', '/data'] } } },
  ]);
});

it('reads rules for every pipeline, which a monitor judges', () => {
  const alerts = [
    { name: 'rate', when: "error_rate > 0.1 && pipeline != 'scratch'", channels: ['ops'], for: '5m' },
  ];
  expect(complete({ channels, monitor: { alerts } }).monitor.alerts).toEqual([
    {
      name: 'rate',
      when: alerts[0]?.when,
      by: 'monitor',
      severity: 'medium',
      channels: ['ops'],
      for_ms: 300_000,
    },
  ]);
});

describe('what is wrong is told with its place', () => {
  const rule = { name: 'rate', when: 'error_rate > 0.1', channels: ['ops'] };
  it.each([
    [{ checks: [null] }, 'at checks[0]'],
    [{ checks: [{ name: 'a' }] }, 'at checks[0]: give one of `http`, `uses` and `run`'],
    [{ checks: [{ name: 'a', run: 'true', uses: 'ping' }] }, 'at checks[0]: give one of'],
    [
      {
        checks: [
          { name: 'a', run: 'x' },
          { name: 'a', run: 'y' },
        ],
      },
      'at checks[1]: the name "a" is used twice',
    ],
    [{ checks: [{ name: 'a', http: { url: 'ftp://x' } }] }, 'expected an http or https address'],
    [{ checks: [{ name: 'a', run: 'x', timeout: 'soon' }] }, 'at checks[0].timeout: expected a duration'],
    [
      { checks: [{ name: 'a', uses: 'pong' }] },
      'at checks[0].uses: there is no stage function "pong". There are: ping. Did you mean "ping"?',
    ],
    [{ monitor: { diskUsed: { warn: 0.9, fail: 0.5 } } }, 'expected `warn` to be at most `fail`'],
    [
      { monitor: { channels: ['mail'] } },
      'at monitor.channels[0]: there is no channel "mail". There are: ops.',
    ],
    [{ monitor: { alerts: [{ ...rule, channels: ['mail'] }] } }, 'there is no channel "mail"'],
    [{ monitor: { alerts: [rule, rule] } }, 'two alerts are named "rate"'],
    [{ monitor: { alerts: [{ ...rule, when: 'error_rate >' }] } }, 'alert "rate": in `error_rate >`'],
    [{ monitor: { alerts: [{ ...rule, when: 'failed_items > 3' }] } }, 'which a monitor does not know'],
    [
      { monitor: { pipelines: { prices: { dataAsOf: { uses: 'newest' } } } } },
      'at monitor.pipelines.prices.dataAsOf.uses',
    ],
  ])('%j', (config, message) => {
    expect(() => complete({ stages: [ping], channels, ...config })).toThrow(message);
  });
});
