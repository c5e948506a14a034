import { describe, expect, it } from 'vitest';
import { RunJournal } from '../../../src/engine/run-journal.js';
import type { StageRecord } from '../../../src/engine/stage-record.js';
import { aMappedStage } from '../../support/a-map.js';
import { aStage } from '../../support/a-plan.js';

const plain = aStage('load');
const set = aStage('values', { action: { kind: 'set', output: 1, state: {} } });

function record(overrides: Partial<StageRecord>): StageRecord {
  return {
    plan: plain,
    wave: 1,
    status: 'running',
    startedAt: 1_000,
    endedAt: null,
    outcome: null,
    ...overrides,
  };
}

const succeeded = (plan = plain) =>
  record({ plan, status: 'succeeded', endedAt: 3_000, outcome: { status: 'succeeded', attempts: 1 } });

function openJournal(): RunJournal {
  const journal = new RunJournal();
  journal.open();
  return journal;
}

describe('the journal of a run', () => {
  it('writes nothing about a task whose activities tell everything', () => {
    const journal = openJournal();
    journal.ended(succeeded());
    journal.started([aStage('next'), aStage('other')]);
    expect(journal.isDue).toBe(true);
    expect(journal.take()).toEqual([]);
    expect(journal.isDue).toBe(false);
  });

  it('forgets at the end of a task what needs no page', () => {
    const journal = openJournal();
    journal.started([plain]);
    expect(journal.needsPage()).toBe(false);
    journal.started([set]);
    expect(journal.needsPage()).toBe(true);
    expect(journal.take()).toEqual([[{ type: 'started', stage: 'values', explicit: true }]]);
    expect(journal.needsPage()).toBe(false);
  });

  it('writes all starts of a task in which one is of a stage without an activity of its own', () => {
    const journal = openJournal();
    journal.started([plain, set, aMappedStage('each', 'echo')]);
    journal.ended(succeeded(set));
    expect(journal.take()).toEqual([
      [
        { type: 'started', stage: 'load' },
        { type: 'started', stage: 'values', explicit: true },
        { type: 'started', stage: 'each', explicit: true },
        { type: 'ended', stage: 'values', status: 'succeeded', attempts: 1, duration_ms: 2_000 },
      ],
    ]);
  });

  it('writes a failure with its error, cut to what a history should hold', () => {
    const journal = openJournal();
    const error = { type: 'Broken', message: 'x'.repeat(10_000), stage: 'load' };
    journal.ended(
      record({ status: 'failed', endedAt: 2_000, outcome: { status: 'failed', error, attempts: 2 } }),
    );
    const [[entry] = []] = journal.take();
    expect(entry).toMatchObject({ status: 'failed', attempts: 2, error: { type: 'Broken' } });
    expect(JSON.stringify(entry).length).toBeLessThan(700);
  });

  it('divides what many stages do at once', () => {
    const journal = openJournal();
    const skipped = (id: string) =>
      record({
        plan: aStage(id),
        status: 'skipped',
        startedAt: null,
        outcome: { status: 'skipped', skip_reason: 'upstream' },
      });
    for (let i = 0; i < 450; i++) journal.ended(skipped(`s${i}`));
    expect(journal.take().map((page) => page.length)).toEqual([200, 200, 50]);
  });

  it('leaves out what happened before it was opened', () => {
    const journal = new RunJournal();
    journal.note('from an earlier history');
    journal.open();
    expect(journal.take()).toEqual([]);
  });
});
