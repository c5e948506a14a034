import { describe, expect, it } from 'vitest';
import type { MoveRequest, RollBackRequest } from '../../../../src/engine/models/model-event.js';
import { ModelBook } from '../../../../src/engine/models/model-book.js';
import { emptyModel } from '../../../../src/engine/models/model-state.js';
import { aMove, aVersion } from '../../../support/a-model.js';

const NOW = Date.UTC(2026, 2, 1);

/** A book with these versions, of which the first is in production. */
function aBook(...versions: readonly string[]): ModelBook {
  const book = new ModelBook(emptyModel('mapper', NOW));
  for (const version of versions) book.register(aVersion(version), `digest of ${version}`, NOW);
  if (versions[0] !== undefined) book.move(aMove('production', versions[0]), NOW);
  return book;
}

const refused = (book: ModelBook, request: MoveRequest) => book.moveRefusal(request);
const back = (more: Partial<RollBackRequest> = {}): RollBackRequest => ({
  alias: 'production',
  by: 'ada',
  reason: 'alarms',
  ...more,
});

describe('a move', () => {
  it('of an unknown version is refused with those that exist', () => {
    expect(refused(aBook('1', '2'), aMove('production', '3'))).toEqual({
      code: 'version_not_found',
      message: 'there is no version "3". The latest are: 2, 1.',
    });
  });

  it('to where the version is already is refused with since when', () => {
    expect(refused(aBook('1'), aMove('production', '1'))).toEqual({
      code: 'already_live',
      message: '"1" is production already, since 2026-03-01T00:00:00.000Z by ada.',
    });
  });

  it('of a version in production back to its way there is refused', () => {
    expect(refused(aBook('1'), aMove('canary', '1'))?.message).toBe(
      '"1" is in production already, so it cannot become canary.',
    );
    expect(refused(aBook('1'), aMove('best-f1', '1'))).toBeNull();
  });

  it('of a failed version is refused with the reason, unless the alias is a free name', () => {
    const book = aBook('1', '2');
    book.mark({ version: '2', status: 'failed', by: 'eve', reason: 'it leaks' }, NOW);
    expect(refused(book, aMove('staging', '2'))).toEqual({
      code: 'version_failed',
      message: '"2" has failed: it leaks',
    });
    expect(refused(book, aMove('worst', '2'))).toBeNull();
    book.mark({ version: '2', status: 'ready', by: 'eve', reason: 'it does not' }, NOW);
    expect(refused(book, aMove('staging', '2'))).toBeNull();
  });

  it('that expects what is not so any more is refused with what is so', () => {
    const book = aBook('1', '2', '3');
    expect(refused(book, aMove('production', '2', { expected: '3' }))).toEqual({
      code: 'moved_meanwhile',
      message: 'production is not "3" any more: it is "1" since 2026-03-01T00:00:00.000Z by ada (because).',
    });
    expect(refused(book, aMove('canary', '2', { expected: '1' }))?.message).toBe(
      'canary is not "1" any more: it means nothing.',
    );
    expect(refused(book, aMove('canary', '2', { expected: null }))).toBeNull();
  });

  it('cannot leave production empty, and can empty any other alias that means something', () => {
    const book = aBook('1', '2');
    expect(refused(book, aMove('production', null))?.code).toBe('bad_request');
    expect(refused(book, aMove('canary', null))?.code).toBe('nothing_before');
    book.move(aMove('canary', '2'), NOW);
    expect(refused(book, aMove('canary', null))).toBeNull();
  });

  it('must say who, why and where to, and evidence must be small', () => {
    const book = aBook('1', '2');
    const message = (more: Partial<MoveRequest>) => refused(book, aMove('canary', '2', more))?.message;
    expect(message({ by: ' ' })).toBe('it does not say who moves it.');
    expect(message({ reason: '' })).toBe('it does not say for what reason it moves.');
    expect(message({ alias: 'a b' })).toMatch(/^an alias cannot be named "a b"/);
    expect(message({ evidence: 'x'.repeat(20_000) })).toMatch(/^evidence may take 16000 characters/);
  });
});

describe('a rollback', () => {
  it('goes back one version after the other, and not forth again', () => {
    const book = aBook('1', '2', '3');
    book.move(aMove('production', '2'), NOW);
    book.move(aMove('production', '3'), NOW);
    const goBack = () => {
      const target = book.rollBackTarget(back());
      return typeof target === 'string' ? book.rollBack(back(), target, NOW).version : target.message;
    };
    expect([goBack(), goBack(), goBack()]).toEqual([
      '2',
      '1',
      'nothing was production before "1", so there is nothing to go back to.',
    ]);
  });

  it('passes over versions that have failed since', () => {
    const book = aBook('1', '2', '3');
    book.move(aMove('production', '2'), NOW);
    book.move(aMove('production', '3'), NOW);
    book.mark({ version: '2', status: 'failed', by: 'eve', reason: 'it leaks' }, NOW);
    expect(book.rollBackTarget(back())).toBe('1');
    expect(book.rollBackTarget(back({ to: '2' }))).toMatchObject({ code: 'version_failed' });
  });

  it('to a version that never was there is a promotion, and refused', () => {
    const book = aBook('1', '2', '3');
    book.move(aMove('production', '2'), NOW);
    expect(book.rollBackTarget(back({ to: '3' }))).toEqual({
      code: 'nothing_before',
      message:
        '"3" was not production before, so there is no going back to it. Before it were: 1. Promote it instead.',
    });
    expect(book.rollBackTarget(back({ to: '9' }))).toMatchObject({ code: 'version_not_found' });
    expect(book.rollBackTarget(back({ to: '2' }))).toMatchObject({ code: 'already_live' });
  });

  it('of an alias that means nothing, or that was moved meanwhile, is refused', () => {
    const book = aBook('1');
    expect(book.rollBackTarget(back({ alias: 'canary' }))).toMatchObject({
      code: 'nothing_before',
      message: 'canary means nothing, so there is nothing to go back from.',
    });
    expect(book.rollBackTarget(back({ expected: '2' }))).toMatchObject({ code: 'moved_meanwhile' });
  });
});

describe('a version', () => {
  it('is registered once, and its name is taken by its content', () => {
    const book = aBook('1');
    expect(book.registerRefusal(aVersion('1'), 'digest of 1')).toBeNull();
    expect(book.register(aVersion('1'), 'digest of 1', NOW)).toBe(false);
    expect(book.registerRefusal(aVersion('1'), 'another')).toEqual({
      code: 'version_taken',
      message:
        'there is a version "1" already, with another content. Versions never change: give the new one another name.',
    });
  });

  it('must have a name, numbers as metrics, an artifact of the store, and a size that can be kept', () => {
    const message = (more: object) =>
      new ModelBook(emptyModel('m', NOW)).registerRefusal({ ...aVersion('1'), ...more }, 'd')?.message;
    expect(message({ version: '-1' })).toMatch(/^a version cannot be named "-1"/);
    expect(message({ metrics: { f1: 'good' } })).toBe('the metric "f1" must be a number, got "good".');
    expect(message({ labels: { a: 1 } })).toBe('`labels` must be an object of texts.');
    expect(message({ artifact: { sha256: 'abc' } })).toBe(
      '`artifact` must be null or name an object of the store by its `sha256`.',
    );
    expect(message({ description: 'x'.repeat(17_000) })).toMatch(/^a version may take 16000 characters/);
  });

  it('in production cannot be marked as failed, and one on its way leaves it', () => {
    const book = aBook('1', '2');
    book.move(aMove('staging', '2'), NOW);
    const mark = (version: string) => ({ version, status: 'failed', by: 'eve', reason: 'it leaks' }) as const;
    expect(book.markRefusal(mark('1'))?.message).toBe(
      '"1" is in production. Roll back first, then mark it as failed.',
    );
    expect(book.markRefusal(mark('3'))?.code).toBe('version_not_found');
    expect(book.mark(mark('2'), NOW)).toBe(true);
    expect(book.mark(mark('2'), NOW)).toBe(false);
    expect(book.view().aliases).toMatchObject([
      { alias: 'production', version: '1' },
      { alias: 'staging', version: null, previous: '2', reason: 'it failed: it leaks' },
    ]);
  });
});
