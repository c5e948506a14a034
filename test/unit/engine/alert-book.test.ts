import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlertBook } from '../../../src/engine/alert-book.js';
import type { AlertRule } from '../../../src/engine/alert-rule.js';
import type { AlertNotice, AlertState } from '../../../src/engine/alert-state.js';
import { anEvent, aRule } from '../../support/an-alert.js';

const START = Date.UTC(2026, 0, 5, 12);
const iso = (ms: number): string => new Date(ms).toISOString();

/** An alert and a clock. Messages go out one by one, when the test says so. */
class Bench {
  book: AlertBook;
  now = START;
  readonly rule: AlertRule;
  readonly sending: AlertNotice[] = [];
  readonly taken: string[] = [];
  /** What was taken, and ends that were refused: nothing more can be said of them. */
  readonly heard: string[] = [];

  constructor(rule: AlertRule) {
    this.rule = rule;
    this.book = new AlertBook(anEvent(rule, { at: iso(START), facts: { run_id: 'run-0' } }));
    this.advance(0);
  }

  advance(ms: number): void {
    this.now += ms;
    this.sending.push(...this.book.advance(this.now));
  }

  fire(run: string): void {
    this.book.fire(anEvent(this.rule, { at: iso(this.now), facts: { run_id: run } }));
    this.advance(0);
  }

  end(at = this.now + 1): void {
    this.book.end({ key: 'data/failed', at: iso(at), reason: 'it is over' });
    this.advance(0);
  }

  /** The oldest message arrives, or is refused. */
  settle(error: string | null = null): void {
    const notice = this.sending.shift();
    if (notice === undefined) return;
    const line = `${notice.kind} ${notice.channel}`;
    if (error === null) this.taken.push(line);
    if (error === null || notice.kind === 'resolved') this.heard.push(line);
    this.book.settle(notice, error, this.now);
    this.advance(0);
  }

  /** Goes on in another history, as plain JSON does. */
  move(): void {
    for (const notice of this.sending.splice(0)) this.book.putBack(notice);
    this.book = new AlertBook(JSON.parse(JSON.stringify(this.book.state)) as AlertState);
    this.advance(0);
  }

  settleAll(): void {
    while (this.sending.length > 0) this.settle();
  }
}

describe('the book of an alert', () => {
  it('sends one message to a channel at a time', () => {
    const bench = new Bench(aRule());
    bench.end();
    expect(bench.sending.map(({ kind }) => kind)).toEqual(['firing']);
    bench.settle();
    expect(bench.sending.map(({ kind }) => kind)).toEqual(['resolved']);
  });

  it('does not end by what is older than what was found last', () => {
    const bench = new Bench(aRule());
    bench.advance(1_000);
    bench.fire('run-1');
    bench.end(START + 500);
    expect(bench.book.view(bench.now).status).toBe('firing');
  });

  it('begins again, and is told again, when it is found again after its end was told', () => {
    const bench = new Bench(aRule());
    bench.settleAll();
    bench.end();
    const [resolved] = bench.sending;
    bench.advance(1_000);
    bench.fire('run-1');
    expect(resolved?.kind).toBe('resolved');
    bench.settleAll();
    expect(bench.taken).toEqual(['firing ops', 'resolved ops', 'firing ops']);
    expect(bench.book.view(bench.now)).toMatchObject({
      status: 'firing',
      count: 1,
      since: iso(START + 1_000),
    });
  });

  it('says nothing of an end that is over before anybody heard of it', () => {
    const bench = new Bench(aRule());
    bench.end();
    bench.fire('run-1');
    bench.settleAll();
    expect(bench.taken).toEqual(['firing ops']);
    expect(bench.book.view(bench.now)).toMatchObject({ status: 'firing', count: 2, since: iso(START) });
  });

  it('tells no end of which the rule says so, but what nobody has read yet', () => {
    const told = new Bench(aRule({ tell_end: false }));
    told.settleAll();
    told.end();
    expect(told.book.isOver).toBe(true);
    const held = new Bench(
      aRule({ tell_end: false, quiet_hours: { from: 0, to: 1_439, timezone: 'UTC', below: 'high' } }),
    );
    held.end();
    held.advance(24 * 3_600_000);
    held.advance(-(held.now % 86_400_000) + 86_399_000);
    held.settleAll();
    expect(held.taken).toEqual(['firing ops']);
  });

  it('acknowledges once, also before it is told', () => {
    const bench = new Bench(aRule({ for_ms: 60_000, escalate: [{ after_ms: 1, channels: ['pager'] }] }));
    bench.book.acknowledge('ada', null, bench.now);
    expect(bench.book.refusal()).toBe('ada has acknowledged it already');
    bench.advance(120_000);
    bench.settleAll();
    expect(bench.taken).toEqual(['firing ops']);
  });

  it('loses nothing and tells nothing twice, whatever happens in whatever order', () => {
    const action = fc.constantFrom('fire', 'again', 'end', 'ack', 'settle', 'refuse', 'wait', 'move');
    const rules = fc.record({
      escalate: fc.constantFrom([], [{ after_ms: 5_000, channels: ['pager', 'ops'] }]),
      repeat_ms: fc.constantFrom(7_000, 1_000_000_000),
      after_times: fc.constantFrom(1, 2),
      tell_end: fc.boolean(),
    });
    fc.assert(
      fc.property(rules, fc.array(action, { maxLength: 40 }), (overrides, actions) => {
        const bench = new Bench(aRule({ channels: ['ops', 'mail'], ...overrides }));
        let runs = 0;
        for (const each of actions) {
          if (each === 'fire') bench.fire(`run-${++runs}`);
          if (each === 'again') bench.fire(`run-${runs}`);
          if (each === 'end') bench.end();
          if (each === 'ack') bench.book.acknowledge('ada', null, bench.now);
          if (each === 'settle') bench.settle();
          if (each === 'refuse') bench.settle('refused');
          if (each === 'wait') bench.advance(3_000);
          if (each === 'move') bench.move();
          bench.advance(1);
          const channels = bench.sending.map(({ channel }) => channel);
          expect(new Set(channels).size).toBe(channels.length);
          // Whoever looks at the clock is never sent into a circle.
          const next = bench.book.nextAt(bench.now);
          expect(next === null || next > bench.now).toBe(true);
        }
        bench.settleAll();
        bench.fire('last');
        bench.fire('really last');
        bench.settleAll();
        // What is open was told to a channel that takes messages, and once for each time that it began.
        expect(['firing', 'acknowledged']).toContain(bench.book.view(bench.now).status);
        bench.end();
        bench.settleAll();
        expect(bench.book.isOver).toBe(true);
        for (const channel of ['ops', 'mail']) {
          const kinds = bench.heard
            .filter((line) => line.endsWith(` ${channel}`))
            .map((line) => line.split(' ')[0]);
          if (overrides.tell_end && kinds.length > 0) expect(kinds.at(-1)).toBe('resolved');
          const closed = kinds.filter((kind) => kind === 'resolved').length;
          if (!overrides.tell_end) expect(closed).toBe(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});
