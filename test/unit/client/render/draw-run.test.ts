import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { drawRun } from '../../../../src/client/render/draw-run.js';
import { RunModel } from '../../../../src/client/render/run-model.js';
import { aRunResult, aStageResult, at } from '../../../support/a-run.js';
import { aBigModel, aCanvas, EVENTS, modelOf } from './a-model.js';

it('draws waves with what each stage is doing', () => {
  expect(drawRun(modelOf(EVENTS), aCanvas())).toMatchInlineSnapshot(`
    "market-data 1.2.0 · market-data/today                                        6s
    ├─ wave 1
    │  ✔ load        Load prices                                                1.2s
    │  ✖ fetch       3 attempts · HttpError: GET /prices answered 503             4s
    │  ↷ off         disabled
    ├─ wave 2
    │  ⠋ indicators  ━━━━━━━━────────  50% row 1,200                            4.8s
    │  ↻ risk        attempt 2 of 5 in 3s after TimeoutError: after 2s          4.8s
    │  ◌ upload      waits for a free slot
    ├─ wave 3
    │  ○ report
    └─ after the end
       ○ clean
    ✔ 1 succeeded  ✖ 1 failed  ▶ 2 running  ↷ 1 skipped  ○ 3 to come"
  `);
});

it('forgets progress and retries of a stage that has ended', () => {
  const ended = { type: 'stage_changed', stage: 'indicators' } as const;
  const result = aStageResult({
    name: 'indicators',
    wave: 2,
    status: 'succeeded',
    attempts: 1,
    duration_ms: 3000,
  });
  const drawing = drawRun(modelOf([...EVENTS, { ...ended, result }]), aCanvas());
  expect(drawing).toContain('✔ indicators');
  expect(drawing).not.toContain('row 1,200');
});

it('tells of a map that has ended how many of its items failed', () => {
  const items = { total: 3, succeeded: 2, failed: 1, skipped: 0, reused: 0, running: 0, pending: 0 };
  const result = aStageResult({
    name: 'each',
    status: 'succeeded',
    attempts: 1,
    items: { ...items, rate_per_s: null, eta_ms: null, failed_items: [] },
  });
  const drawing = drawRun(modelOf([...EVENTS, { type: 'stage_changed', stage: 'load', result }]), aCanvas());
  expect(drawing).toMatch(/✔ load +3 items, 1 failed/);
});

it('draws a big run by waves, and by name only what failed or runs', () => {
  expect(drawRun(aBigModel(30, 4), aCanvas())).toMatchInlineSnapshot(`
    "market-data 1.2.0 · market-data/today                                        6s
    ├─ waves 1–9      ✔ 36
    ├─ wave 10        ✔ 1  ✖ 1  ▶ 2
    ├─ wave 11        ✔ 2  ▶ 2
    ├─ wave 12        ✔ 2  ▶ 2
    ├─ waves 13–30    ○ 72
       ✖ s10-1                                                                 100ms
       ⠋ s10-2                                                                    1s
       ⠋ s10-4                                                                    1s
       ⠋ s11-2                                                                    1s
       ⠋ s11-4                                                                    1s
       ⠋ s12-2                                                                    1s
       ⠋ s12-4                                                                    1s
    ✔ 41 succeeded  ✖ 1 failed  ▶ 6 running  ○ 72 to come"
  `);
});

it.each([6, 8, 10, 15, 24, 50])('never draws more than %i rows, nor beyond the last column', (rows) => {
  for (const model of [modelOf(EVENTS), aBigModel(30, 4), aBigModel(3, 400), aBigModel(500, 1)]) {
    const lines = drawRun(model, aCanvas({ rows })).split('\n');
    expect(lines.length).toBeLessThan(rows);
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(80);
  }
});

it('keeps to a narrow terminal', () => {
  const lines = drawRun(modelOf(EVENTS), aCanvas({ columns: 40, rows: 50 })).split('\n');
  for (const line of lines.slice(0, -1)) expect(stringWidth(line)).toBeLessThanOrEqual(40);
});

it('shows how long a run took once it has ended', () => {
  const model = modelOf([...EVENTS, { type: 'run_ended', result: aRunResult({}, { ended_at: at(7) }) }]);
  expect(drawRun(model, aCanvas({ now: Date.parse(at(60)) })).split('\n')[0]).toMatch(/ 10s$/);
});

it('says that it waits for a worker, before and after the run was seen', () => {
  expect(drawRun(new RunModel(), aCanvas())).toBe('waiting for a worker to take the run…');
  expect(drawRun(modelOf([...EVENTS, { type: 'quiet', who: 'worker' }]), aCanvas())).toContain(
    'no worker answers at the moment',
  );
  expect(drawRun(modelOf([...EVENTS, { type: 'quiet', who: 'server' }]), aCanvas())).toContain(
    'the Temporal server does not answer',
  );
});
