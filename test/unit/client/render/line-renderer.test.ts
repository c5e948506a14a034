import { expect, it } from 'vitest';
import { LineRenderer } from '../../../../src/client/render/line-renderer.js';
import type { WatchEvent } from '../../../../src/client/watch-event.js';
import { aRunResult, aRunStatus, aStageResult, at, START } from '../../../support/a-run.js';
import { EVENTS, plain } from './a-model.js';

function linesOf(events: readonly WatchEvent[], clock = () => START + 6000): readonly string[] {
  const lines: string[] = [];
  const renderer = new LineRenderer({ write: (line) => lines.push(line), colours: plain, clock });
  for (const event of events) renderer.show(event);
  renderer.close();
  return lines;
}

it('tells what happened before it looked, in order, and then each change', () => {
  const indicators = aStageResult({
    status: 'succeeded',
    attempts: 2,
    started_at: at(1.2),
    ended_at: at(7),
    duration_ms: 5800,
  });
  const result = aRunResult(
    {},
    { status: 'failed', error: { type: 'HttpError', message: '503', stage: 'fetch' } },
  );
  expect(
    linesOf([
      ...EVENTS,
      { type: 'stage_changed', stage: 'indicators', result: indicators },
      { type: 'note', text: 'cancelled by \u001b[2Ja person' },
      { type: 'run_ended', result },
    ]).join('\n'),
  ).toMatchInlineSnapshot(`
    "    0ms  market-data 1.2.0 · market-data/today
         6s  ↷ off skipped: disabled
         6s  ◌ upload ready, waits for a free slot
       1.2s  ✔ load succeeded in 1.2s
       1.2s  ▶ indicators started
       1.2s  ▶ risk started
         4s  ✖ fetch failed in 4s (attempt 3): HttpError: GET /prices answered 503
         6s  ↻ risk attempt 2 of 5 in 3s after TimeoutError: after 2s
         7s  ✔ indicators succeeded in 5.8s (attempt 2)
         6s  ! cancelled by a person
        10s  ✖ market-data failed in 10s: HttpError: 503"
  `);
});

it('gives no time to what was noted before it looked, since none is known', () => {
  const status = aRunStatus({}, { notes: ['paused by ada'] });
  expect(linesOf([{ type: 'run_seen', status }])).toEqual([
    '    0ms  market-data 1.2.0 · market-data/today',
    '         ! paused by ada',
  ]);
});

it('tells a retry once, although its wait changes', () => {
  const retry = EVENTS.at(-1);
  const again = {
    ...retry,
    retry: { attempt: 2, maxAttempts: 5, error: null, nextAttemptAt: null },
  } as WatchEvent;
  expect(linesOf([...EVENTS, again]).filter((line) => line.includes('↻'))).toHaveLength(1);
});

it('shows log lines with their stage, and the attempt from the second on', () => {
  const line = { stage: 'load', attempt: 2, time: at(1), level: 'info', message: 'row\t1\u0007' } as const;
  expect(linesOf([{ type: 'log', line }])).toEqual(['load#2 │ row\t1']);
  expect(linesOf([{ type: 'log', line: { ...line, attempt: 1, fields: { rows: 3 } } }])).toEqual([
    'load │ row\t1 {"rows":3}',
  ]);
});
