import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FailurePolicy, RunWhen, Scheduling, StagePlan } from '../../../src/engine/plan.js';
import { RunLedger } from '../../../src/engine/run-ledger.js';
import { type StageRecord, toStageResult } from '../../../src/engine/stage-record.js';
import type { StopReason } from '../../../src/engine/verdict.js';
import { aStage } from '../../support/a-plan.js';

type Ending = 'succeeded' | 'failed' | 'timed_out' | 'condition';

type Script = {
  readonly stages: readonly StagePlan[];
  readonly endings: readonly Ending[];
  readonly scheduling: Scheduling;
  readonly failure: FailurePolicy;
  readonly maxRunning: number;
  readonly selected: ReadonlySet<string> | null;
};

const RUN_WHENS: readonly RunWhen[] = ['all_succeeded', 'all_done', 'any_succeeded', 'any_failed', 'always'];
const ENDINGS: readonly Ending[] = [
  'succeeded',
  'succeeded',
  'succeeded',
  'failed',
  'timed_out',
  'condition',
];

/** Graphs whose edges lead to earlier stages only, so they have no cycle; everything else is free. */
const scripts: fc.Arbitrary<Script> = fc.integer({ min: 1, max: 24 }).chain((size) =>
  fc.record({
    stages: fc.tuple(...Array.from({ length: size }, (_, index) => stageAt(index))),
    endings: fc.array(fc.constantFrom(...ENDINGS), { minLength: size, maxLength: size }),
    scheduling: fc.constantFrom('dataflow' as const, 'strict' as const),
    failure: fc.constantFrom('fail_fast' as const, 'continue' as const),
    maxRunning: fc.integer({ min: 1, max: 6 }),
    selected: fc.option(
      fc.subarray(Array.from({ length: size }, (_, index) => `s${index}`)).map((ids) => new Set(ids)),
    ),
  }),
);

function stageAt(index: number): fc.Arbitrary<StagePlan> {
  return fc
    .record({
      depends_on: fc.uniqueArray(fc.integer({ min: 0, max: Math.max(0, index - 1) }), {
        maxLength: index === 0 ? 0 : 4,
      }),
      run_when: fc.oneof(
        { weight: 3, arbitrary: fc.constant<RunWhen>('all_succeeded') },
        fc.constantFrom(...RUN_WHENS),
      ),
      continue_on_error: fc.boolean(),
      enabled: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
    })
    .map(({ depends_on, ...rest }) =>
      aStage(`s${index}`, { ...rest, depends_on: depends_on.map((need) => `s${need}`) }),
    );
}

type Watch = {
  readonly onStart?: (stage: StagePlan, ledger: RunLedger) => void;
  readonly pick?: (running: readonly string[]) => number;
  readonly stopAfter?: { readonly ends: number; readonly reason: StopReason };
};

/** Plays a run to its end; which of the running stages ends next is up to `pick`. */
function play(script: Script, watch: Watch = {}): RunLedger {
  const index = new Map(script.stages.map((stage, at) => [stage.id, at]));
  const endingOf = (id: string): Ending => script.endings[index.get(id) ?? 0] ?? 'succeeded';
  const ledger = new RunLedger(script.stages, {
    ...script,
    judge: ({ id }) =>
      endingOf(id) === 'condition' ? { status: 'skipped', skip_reason: 'condition' } : null,
  });
  let clock = 0;
  let ends = 0;
  for (;;) {
    for (const stage of ledger.startable((clock += 1))) watch.onStart?.(stage, ledger);
    const running = [...ledger.running];
    if (running.length === 0) break;
    const id = running[(watch.pick?.(running) ?? 0) % running.length] ?? '';
    const ending = endingOf(id);
    ledger.end(id, { status: ending === 'condition' ? 'succeeded' : ending, attempts: 1 }, (clock += 1));
    ends += 1;
    if (watch.stopAfter?.ends === ends) ledger.stop(watch.stopAfter.reason, clock);
  }
  return ledger;
}

const final = new Set(['succeeded', 'failed', 'timed_out', 'skipped', 'cancelled', 'reused']);
const statuses = (ledger: RunLedger): Record<string, string> =>
  Object.fromEntries([...ledger.records].map((record) => [record.plan.id, statusText(record)]));
const statusText = (record: StageRecord): string => `${record.status} ${record.outcome?.skip_reason ?? ''}`;

describe('a run over any graph', () => {
  it('starts no stage before everything it depends on has ended', () => {
    fc.assert(
      fc.property(scripts, fc.infiniteStream(fc.nat(100)), (script, picks) => {
        play(script, {
          pick: () => picks.next().value ?? 0,
          onStart: (stage, ledger) => {
            for (const need of stage.depends_on) expect(ledger.record(need)?.endedAt).not.toBeNull();
          },
        });
      }),
      { numRuns: 400 },
    );
  });

  it('gives every stage exactly one final status', () => {
    fc.assert(
      fc.property(scripts, fc.infiniteStream(fc.nat(100)), (script, picks) => {
        const ledger = play(script, { pick: () => picks.next().value ?? 0 });
        expect(ledger.isComplete).toBe(true);
        expect(ledger.ended.map((record) => record.plan.id).toSorted()).toEqual(
          script.stages.map((stage) => stage.id).toSorted(),
        );
        for (const record of ledger.records) expect(final.has(record.status)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('ends the same way whatever the order of completion, as long as no failure stops it early', () => {
    fc.assert(
      fc.property(scripts, fc.infiniteStream(fc.nat(100)), (script, picks) => {
        const calm = { ...script, failure: 'continue' as const };
        expect(statuses(play(calm, { pick: () => picks.next().value ?? 0 }))).toEqual(statuses(play(calm)));
      }),
      { numRuns: 400 },
    );
  });

  it('never runs more stages at once than allowed', () => {
    fc.assert(
      fc.property(scripts, (script) => {
        play(script, {
          onStart: (_stage, ledger) => expect(ledger.running.size).toBeLessThanOrEqual(script.maxRunning),
        });
      }),
    );
  });

  it('starts a level under strict scheduling only when the whole level before it has ended', () => {
    fc.assert(
      fc.property(scripts, fc.infiniteStream(fc.nat(100)), (script, picks) => {
        play(
          { ...script, scheduling: 'strict' },
          {
            pick: () => picks.next().value ?? 0,
            onStart: (stage, ledger) => {
              const wave = ledger.record(stage.id)?.wave ?? 0;
              for (const other of ledger.records) if (other.wave < wave) expect(other.endedAt).not.toBeNull();
            },
          },
        );
      }),
    );
  });

  it('starts only stages that run always once it is cancelled', () => {
    fc.assert(
      fc.property(
        scripts,
        fc.nat(12),
        fc.constantFrom<StopReason>('cancelled', 'after_wave', 'timed_out'),
        (script, ends, reason) => {
          const stopAfter = { ends: ends + 1, reason };
          const ledger = play(script, {
            stopAfter,
            onStart: (stage, book) => {
              if (book.stopped === reason) expect(stage.run_when).toBe('always');
            },
          });
          expect(ledger.isComplete).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('skips what depends on a failure and counts what was skipped by choice as done', () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const ledger = play({ ...script, failure: 'continue', selected: null });
        for (const record of ledger.records) {
          if (record.plan.run_when !== 'all_succeeded' || !record.plan.enabled) continue;
          const blocked = record.plan.depends_on.some((need) => isBad(ledger.record(need)));
          expect(record.outcome?.skip_reason === 'upstream').toBe(blocked);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('goes on in a new history as if nothing had happened', () => {
    fc.assert(
      fc.property(scripts, fc.nat(20), (script, at) => {
        const calm = { ...script, failure: 'continue' as const };
        const whole = play(calm);
        const ended = whole.ended.slice(0, at);
        expect(statuses(continued(calm, ended))).toEqual(statuses(whole));
      }),
    );
  });
});

function isBad(record: StageRecord | undefined): boolean {
  if (record === undefined) return false;
  if (record.outcome?.skip_reason === 'upstream') return true;
  return (record.status === 'failed' || record.status === 'timed_out') && !record.plan.continue_on_error;
}

/** A second ledger that begins with what a first one ended. */
function continued(script: Script, ended: readonly StageRecord[]): RunLedger {
  const index = new Map(script.stages.map((stage, at) => [stage.id, at]));
  const endingOf = (id: string): Ending => script.endings[index.get(id) ?? 0] ?? 'succeeded';
  const ledger = new RunLedger(script.stages, {
    ...script,
    judge: ({ id }) =>
      endingOf(id) === 'condition' ? { status: 'skipped', skip_reason: 'condition' } : null,
  });
  ledger.restore(
    ended.map((record) => [record.plan.id, toStageResult(record)] as const),
    null,
  );
  for (let clock = 1_000; ; clock += 1) {
    ledger.startable(clock);
    const [id] = ledger.running;
    if (id === undefined) return ledger;
    const ending = endingOf(id);
    ledger.end(id, { status: ending === 'condition' ? 'succeeded' : ending, attempts: 1 }, clock);
  }
}
