import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PartitionStatus } from '../../../src/engine/backfill.js';
import {
  BackfillLedger,
  type LedgerRules,
  lettersOf,
  type PartitionEnd,
  statusesOf,
} from '../../../src/engine/backfill-ledger.js';

const RULES: LedgerRules = { order: 'oldest', maxParallel: 2, maxFailures: null };
const ledgerOf = (letters: string, rules: Partial<LedgerRules> = {}): BackfillLedger =>
  new BackfillLedger({ letters, runs: [], errors: [] }, { ...RULES, ...rules });
const ENDS: readonly PartitionEnd['status'][] = [
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'done_before',
];

describe('the ledger of a backfill', () => {
  it('starts what is to be done in order, and never more at once than it may', () => {
    const ledger = ledgerOf('pdp-p');
    expect([ledger.next(0), ledger.next(0), ledger.next(0)]).toEqual([0, 2, null]);
    ledger.end(0, { status: 'succeeded' }, 10);
    expect(ledger.next(10)).toBe(4);
    const newest = ledgerOf('pdp-p', { order: 'newest', maxParallel: 9 });
    expect([newest.next(0), newest.next(0), newest.next(0), newest.next(0)]).toEqual([4, 2, 0, null]);
  });

  it('tells how long the rest takes once something has ended', () => {
    const ledger = ledgerOf('pppp');
    expect(ledger.etaMs(0)).toBeNull();
    ledger.next(0);
    ledger.next(0);
    ledger.started(0, 'run', 0);
    ledger.end(0, { status: 'succeeded' }, 1_000);
    expect(ledger.etaMs(1_000)).toBe(1_000);
    expect(ledger.fraction()).toBe(0.25);
  });

  it('starts no more once more failed than may, also after it went on in a new history', () => {
    const ledger = ledgerOf('ppp', { maxParallel: 1, maxFailures: 0 });
    ledger.next(0);
    ledger.started(0, 'run', 0);
    ledger.end(0, { status: 'failed', error: { type: 'E', message: 'no', stage: 's' } }, 5);
    expect(ledger.next(5)).toBeNull();
    const later = new BackfillLedger(ledger.book(), { ...RULES, maxFailures: 0 });
    expect(later.hasTooManyFailures).toBe(true);
    expect(later.next(5)).toBeNull();
    later.abandon();
    expect(later.counts()).toMatchObject({ failed: 1, cancelled: 2, pending: 0 });
    expect(later.endStatus).toBe('failed');
    expect(later.book().errors).toEqual([[0, { type: 'E', message: 'no', stage: 's' }]]);
  });

  it('ends every partition exactly once, whatever the order of ends and wherever it is carried over', () => {
    const statuses = fc.array(fc.constantFrom<PartitionStatus>('pending', 'done_before', 'left_out'), {
      maxLength: 40,
    });
    const steps = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...ENDS), fc.boolean()), {
      minLength: 60,
      maxLength: 60,
    });
    fc.assert(
      fc.property(statuses, steps, fc.integer({ min: 1, max: 5 }), (given, each, maxParallel) => {
        let ledger = ledgerOf(lettersOf(given), { maxParallel });
        const started: number[] = [];
        const running: number[] = [];
        for (const [time, [which, status, isCarried]] of each.entries()) {
          for (let index = ledger.next(time); index !== null; index = ledger.next(time)) {
            started.push(index);
            running.push(index);
            ledger.started(index, `run-${index}`, time);
          }
          expect(running.length).toBeLessThanOrEqual(maxParallel);
          const [index] = running.splice(which % Math.max(1, running.length), 1);
          if (index !== undefined) ledger.end(index, { status }, time);
          if (isCarried && running.length === 0)
            ledger = new BackfillLedger(ledger.book(), { ...RULES, maxParallel });
        }
        expect(ledger.isComplete).toBe(true);
        expect(new Set(started).size).toBe(started.length);
        const wanted = given.flatMap((status, index) => (status === 'pending' ? [index] : []));
        expect(started.toSorted((a, b) => a - b)).toEqual(wanted);
        const { total, pending, running: open } = ledger.counts();
        expect([total, pending, open]).toEqual([given.length, 0, 0]);
        for (const [index, status] of statusesOf(ledger.book()).entries())
          if (given[index] !== 'pending') expect(status).toBe(given[index]);
      }),
    );
  });
});
