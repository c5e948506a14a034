import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanaryInput } from '../../../src/engine/canary.js';
import { CanaryBook } from '../../../src/engine/canary-book.js';
import { promoteRefusal, resumeRefusal } from '../../../src/engine/canary-refusal.js';
import { aCanaryInput, measuredOf } from '../../support/a-canary.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What happens to a canary, one thing at a time. */
type Happening =
  | { readonly type: 'measured'; readonly value: number | null }
  | { readonly type: 'promote' | 'step' | 'abort' | 'pause' | 'resume' | 'cancel' | 'refuse' }
  | { readonly type: 'run-paused'; readonly isOn: boolean }
  | { readonly type: 'carry' };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      type: fc.constant('measured' as const),
      value: fc.oneof({ weight: 8, arbitrary: fc.constant(50) }, fc.constantFrom(null, 500)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('promote', 'step', 'abort') }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('pause', 'resume', 'cancel', 'refuse') }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('run-paused' as const), isOn: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('carry' as const) }) },
) as fc.Arbitrary<Happening>;

const rules = fc.record({
  failure_limit: fc.integer({ min: 0, max: 2 }),
  inconclusive: fc.constantFrom('ask', 'fail', 'pass'),
  promote: fc.constantFrom('automatic', 'approval'),
  timeout_ms: fc.constantFrom(null, 5 * HOUR),
}) as fc.Arbitrary<Partial<CanaryInput['rules']>>;

const wayBack = fc.constantFrom({}, { roll_back_for_ms: HOUR });

/** Plays a canary to its end as its workflow would; after the last happening all goes well and nobody is away. */
function play(input: CanaryInput, happenings: readonly Happening[]) {
  let now = 0;
  let book = new CanaryBook(input, now);
  const shifts: number[] = [];
  const todo = [...happenings];
  for (let turn = 0; turn < 2_000; turn += 1) {
    const move = book.advance(now);
    if (move.type === 'end') return { book, shifts };
    const next = todo.shift();
    if (next !== undefined && next.type !== 'measured' && next.type !== 'refuse') {
      if (next.type === 'carry') book = new CanaryBook({ ...input, carried: book.state }, now);
      else say(book, input, next, now);
      continue;
    }
    if (move.type === 'shift' && next?.type === 'refuse') book.refused(move.weight, 'no', now);
    else if (move.type === 'shift') {
      shifts.push(move.weight);
      book.shifted(move.weight, now);
    } else if (move.type === 'measure') {
      book.measured([measuredOf(next?.type === 'measured' ? next.value : 50)], now, move);
    } else if (move.until !== null) now = Math.max(now + 1, move.until);
    else release(book, now);
    if (todo.length === 0) release(book, now);
  }
  throw new Error(`It never ends: ${JSON.stringify(book.state)}`);
}

function say(book: CanaryBook, input: CanaryInput, { type, ...rest }: Happening, now: number): void {
  const who = { by: 'ada' };
  if (type === 'promote' && promoteRefusal(input, book.state, who) === null) book.promote(who, now);
  if (type === 'step' && promoteRefusal(input, book.state, { ...who, step: true }) === null) {
    book.acceptStep(who, now);
  }
  if (type === 'abort' || type === 'cancel') book.rollBack({ by: 'people', reason: type }, now);
  if (type === 'pause') book.pause(who, now);
  if (type === 'resume' && resumeRefusal(book.state) === null) book.resume(who, now);
  if (type === 'run-paused') {
    const isOn = (rest as { readonly isOn: boolean }).isOn;
    book.pauseRun(isOn ? { by: 'ada', at: '', reason: null } : null, now);
  }
}

/** Nobody stays away for ever. */
function release(book: CanaryBook, now: number): void {
  book.pauseRun(null, now);
  if (book.state.paused !== null && resumeRefusal(book.state) === null) book.resume({ by: 'ada' }, now);
  if (book.state.question?.about === 'promotion') book.promote({ by: 'ada' }, now);
  else if (book.state.question !== null) book.acceptStep({ by: 'ada' }, now);
}

describe('a canary, whatever happens to it,', () => {
  it('ends with all traffic on one side, unless the target refuses the way back', () => {
    fc.assert(
      fc.property(rules, wayBack, fc.array(happening, { maxLength: 60 }), (some, asked, happenings) => {
        const { book, shifts } = play(aCanaryInput({ ...asked, with: some }), happenings);
        const { phase, weight, decision, was_touched } = book.state;
        if (phase === 'promoted') {
          expect(weight).toBe(100);
          expect(decision?.decision).toBe('promote');
        } else {
          expect(decision?.decision).toBe('roll_back');
          if (phase === 'rolled_back' && was_touched) expect([0, shifts.at(-1)]).toEqual([0, 0]);
          if (phase === 'rollback_failed') expect(weight).toBeNull();
        }
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it('has weights that only rise until the way back, and never to one that is no step', () => {
    fc.assert(
      fc.property(rules, fc.array(happening, { maxLength: 60 }), (some, happenings) => {
        const { shifts } = play(aCanaryInput({ with: some }), happenings);
        const up = shifts.at(-1) === 0 ? shifts.slice(0, -1) : shifts;
        expect(up).toEqual([...new Set(up)].toSorted((a, b) => a - b));
        expect(up.every((weight) => [5, 50, 100].includes(weight))).toBe(true);
      }),
      { seed: 12, numRuns: 500 },
    );
  });

  it('has steps that pass only after a successful evaluation, unless a person or the policy says so', () => {
    const ofKpis = fc.array(
      happening.filter(({ type }) => type === 'measured' || type === 'carry'),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 }), ofKpis, (failure_limit, happenings) => {
        const input = aCanaryInput({ with: { failure_limit, inconclusive: 'fail' } });
        const { steps } = play(input, happenings).book.state;
        for (const { status, evaluations, counts } of steps) {
          if (status === 'passed') expect(evaluations.at(-1)?.verdict).toBe('successful');
          expect(counts.failed).toBeLessThanOrEqual(failure_limit + 1);
          if (counts.failed > failure_limit) expect(status).toBe('failed');
        }
      }),
      { seed: 13, numRuns: 500 },
    );
  });
});
