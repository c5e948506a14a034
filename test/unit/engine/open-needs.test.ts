import { describe, expect, it } from 'vitest';
import { OpenNeeds } from '../../../src/engine/open-needs.js';
import { RunLedger } from '../../../src/engine/run-ledger.js';
import type { Scheduling } from '../../../src/engine/plan.js';
import { streamEnd } from '../../../src/engine/stream-end.js';
import { ItemBook } from '../../../src/engine/item-book.js';
import { aMap } from '../../support/a-map.js';
import { aStage } from '../../support/a-plan.js';

const tell = aStage('tell');
const each = aStage('each', {
  depends_on: ['first', 'tell'],
  map: aMap({ over: { type: 'stream', stage: 'tell' } }),
});
const stages = [aStage('first'), tell, each, aStage('last', { depends_on: ['tell', 'each'] })];

function ledgerOf(scheduling: Scheduling): RunLedger {
  return new RunLedger(stages, {
    scheduling,
    failure: 'continue',
    maxRunning: 10,
    selected: null,
    judge: () => null,
  });
}

const idsOf = (started: readonly { readonly id: string }[]) => started.map(({ id }) => id);

describe('what stages wait for', () => {
  it('is the start of the stage whose chunks a map goes over, and the end of all others', () => {
    const needs = new OpenNeeds(stages);
    expect(needs.started('tell')).toEqual([]);
    expect(needs.started('first')).toEqual([]);
    expect(needs.ended('first')).toEqual(['each']);
    expect(needs.ended('tell')).toEqual([]);
    expect(needs.ended('each')).toEqual(['last']);
  });

  it('is met once, whether that stage starts or ends without having started', () => {
    const needs = new OpenNeeds(stages);
    expect(needs.ended('first')).toEqual([]);
    expect(needs.ended('tell')).toEqual(['each']);
    const others = new OpenNeeds(stages);
    others.ended('first');
    expect(others.started('tell')).toEqual(['each']);
    expect(others.started('tell')).toEqual([]);
    expect(others.ended('tell')).toEqual([]);
  });
});

describe('a run', () => {
  it('starts a map over a stream while the stage runs', () => {
    const ledger = ledgerOf('dataflow');
    expect(idsOf(ledger.startable(1))).toEqual(['first', 'tell']);
    ledger.end('first', { status: 'succeeded' }, 2);
    expect(idsOf(ledger.startable(2))).toEqual(['each']);
    ledger.end('each', { status: 'succeeded' }, 3);
    expect(idsOf(ledger.startable(3))).toEqual([]);
    ledger.end('tell', { status: 'succeeded' }, 4);
    expect(idsOf(ledger.startable(4))).toEqual(['last']);
  });

  it('starts it after the whole level before it under strict scheduling', () => {
    const ledger = ledgerOf('strict');
    expect(idsOf(ledger.startable(1))).toEqual(['first', 'tell']);
    ledger.end('first', { status: 'succeeded' }, 2);
    expect(idsOf(ledger.startable(2))).toEqual([]);
    ledger.end('tell', { status: 'succeeded' }, 3);
    expect(idsOf(ledger.startable(3))).toEqual(['each']);
  });
});

describe('the end of the stage', () => {
  const record = (overrides: Partial<Parameters<typeof streamEnd>[1]>) => ({
    plan: tell,
    wave: 1,
    status: 'succeeded' as const,
    startedAt: 1,
    endedAt: 2,
    outcome: null,
    ...overrides,
  });

  it('is not known while it runs', () => {
    expect(streamEnd(each, record({ status: 'running', endedAt: null }))).toBeNull();
  });

  it('names the chunks that there are', () => {
    const stream = { folder: 'streams/a/', chunks: 3, bytes: 9 };
    expect(streamEnd(each, record({ outcome: { status: 'succeeded', stream } }))).toEqual({
      how: 'whole',
      folder: 'streams/a/',
      chunks: 3,
    });
  });

  it('breaks the stream where it was cut short', () => {
    const error = { type: 'Error', message: 'no paper', stage: 'tell' };
    const failed = record({ status: 'failed', outcome: { status: 'failed', error } });
    expect(streamEnd(each, failed)).toEqual({
      how: 'broken',
      message: 'the stream of stage "tell" broke off: no paper',
    });
    const tolerant = { ...tell, continue_on_error: true };
    expect(streamEnd(each, { ...failed, plan: tolerant })).toEqual({ how: 'so_far' });
    expect(streamEnd({ ...each, run_when: 'always' }, failed)).toEqual({ how: 'so_far' });
    expect(streamEnd(each, record({ status: 'cancelled', outcome: { status: 'cancelled' } }))).toEqual({
      how: 'cancelled',
    });
    const skipped = { status: 'skipped', skip_reason: 'operator' } as const;
    expect(streamEnd(each, record({ status: 'skipped', outcome: skipped }))).toEqual({ how: 'so_far' });
  });
});

describe('a book of items that come one by one', () => {
  const open = (batchSize: number) =>
    new ItemBook({
      first: 10,
      count: 0,
      batchSize,
      failuresLeft: 0,
      keepsOutputs: true,
      reuse: null,
      isOpen: true,
    });

  it('gives out what has come, and knows when no more will', () => {
    const book = open(1);
    expect(book.next()).toBeNull();
    book.add(2, null);
    expect([book.next(), book.next(), book.next()]).toEqual([[10], [11], null]);
    expect(book.isOpen).toBe(true);
    book.close();
    book.end(10, { status: 'succeeded', output: 'a' });
    book.end(11, { status: 'succeeded', output: 'b' });
    expect(book.result()).toMatchObject({ covered: 2, done: [[10, 12]], outputs: ['a', 'b'] });
  });

  it('keeps a batch until it is full or nothing more comes', () => {
    const book = open(3);
    book.add(2, null);
    expect(book.next()).toBeNull();
    book.add(2, null);
    expect([book.next(), book.next()]).toEqual([[10, 11, 12], null]);
    book.close();
    expect(book.next()).toEqual([13]);
  });

  it('does not give out what was done before', () => {
    const book = open(1);
    book.add(2, { total: 2, done: [[10, 11]], failed: [], outputs: ['before'] });
    expect([book.next(), book.next()]).toEqual([[11], null]);
    expect(book.counts.reused).toBe(1);
  });

  it('wants no more once it was stopped', () => {
    const book = open(1);
    book.add(3, null);
    book.next();
    book.end(10, { status: 'failed', error: { type: 'Bad', message: 'bad', stage: 'each' } });
    expect([book.isOpen, book.hasNext, book.stopped]).toEqual([false, false, 'failed']);
  });
});
