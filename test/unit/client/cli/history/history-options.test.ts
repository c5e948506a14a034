import { expect, it } from 'vitest';
import { historyFilter } from '../../../../../src/client/cli/history/history-options.js';
import { runCli } from '../../../../support/run-cli.js';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const day = (n: number) => new Date(Date.UTC(2026, 2, n));

it('means the last so many days, unless it is told where to begin', () => {
  expect(historyFilter(undefined, {}, 7, NOW)).toEqual({ from: new Date('2026-03-03T12:00:00Z') });
  expect(historyFilter('a', { days: 1 }, 7, NOW)).toEqual({
    pipeline: 'a',
    from: new Date('2026-03-09T12:00:00Z'),
  });
  expect(historyFilter('a', { from: day(1), to: day(3) }, 7, NOW)).toEqual({
    pipeline: 'a',
    from: day(1),
    to: day(3),
  });
  expect(historyFilter(undefined, { to: day(3) }, 1, NOW)).toEqual({ from: day(2), to: day(3) });
  expect(historyFilter(undefined, { status: 'failed', limit: 5 }, null, NOW)).toEqual({
    status: 'failed',
    limit: 5,
  });
});

it.each([
  [['metrics', 'a', '--pipeline', 'b'], 'Two pipelines are named: "a" and "b".'],
  [['metrics', '--days', '3', '--from', '2026-03-01'], '--days and --from both say where to begin.'],
  [['report', '--from', '2026-03-02', '--to', '2026-03-01'], '--from is not before --to.'],
  [['history', '--from', 'yesterday'], 'Expected a date such as 2026-03-01'],
  [['history', '--to', '2026-02-31T10:00'], 'Expected a date such as 2026-03-01'],
  [['anomalies', '--limit', '0'], 'Expected a whole number from 1'],
  [['logs', 'a', '--level', 'loud'], 'Allowed choices are debug, info, warn, error'],
])('refuses %j before it looks for a server', async (args, message) => {
  const { exitCode, stderr } = await runCli(args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});
