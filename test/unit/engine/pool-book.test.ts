import { describe, expect, it } from 'vitest';
import { PoolBook } from '../../../src/engine/pool-book.js';
import type { PoolAsk, PoolRequest, PoolSettings } from '../../../src/engine/pool-messages.js';

const MINUTE = 60_000;

function request(id: string, overrides: Partial<PoolRequest> = {}): PoolRequest {
  return { id, stage: id, slots: 1, key: '', priority: 3, asked_at: 0, ...overrides };
}

function ask(run: string, parts: Partial<PoolAsk>, settings: Partial<PoolSettings> = {}): PoolAsk {
  return {
    holder: { workflow_id: `p/${run}`, run_id: run },
    settings: { slots: 2, rate: null, as_of: 0, ...settings },
    requests: [],
    releases: [],
    closes: [],
    holds: [],
    ...parts,
  };
}

const granted = (book: PoolBook, now = 0): readonly string[] =>
  book.grant(now).map(({ request: { id } }) => id);

describe('the book of a pool', () => {
  it('grants as many slots as there are, and the rest as they come back', () => {
    const book = new PoolBook();
    book.take(ask('a', { requests: [request('1'), request('2'), request('3', { asked_at: 1 })] }), 0);
    expect(granted(book)).toEqual(['1', '2']);
    book.take(ask('a', { releases: ['1'] }), 1);
    expect(granted(book)).toEqual(['3']);
  });

  it('does not let small requests overtake a large one that is next', () => {
    const book = new PoolBook();
    book.take(ask('a', { requests: [request('small')] }), 0);
    expect(granted(book)).toEqual(['small']);
    book.take(ask('b', { requests: [request('large', { slots: 2, asked_at: 1 })] }), 1);
    book.take(ask('c', { requests: [request('later', { asked_at: 2 })] }), 2);
    expect(granted(book, 2)).toEqual([]);
    book.take(ask('a', { releases: ['small'] }), 3);
    expect(granted(book, 3)).toEqual(['large']);
  });

  it('serves the better priority first, until the other has waited long enough', () => {
    const book = new PoolBook();
    book.take(ask('a', { requests: [request('holder', { slots: 2 })] }), 0);
    granted(book);
    const urgentLater = request('urgent later', { priority: 1, asked_at: 25 * MINUTE });
    book.take(
      ask('b', {
        requests: [
          urgentLater,
          request('plain', { priority: 3, asked_at: 1 }),
          request('urgent', { priority: 1, asked_at: 2 * MINUTE }),
        ],
      }),
      1,
    );
    book.take(ask('a', { releases: ['holder'] }), 26 * MINUTE);
    expect(granted(book, 26 * MINUTE)).toEqual(['urgent', 'plain']);
  });

  it('counts a request that comes twice once, and answers again when it was granted before', () => {
    const book = new PoolBook();
    const twice = ask('a', { requests: [request('1')] });
    book.take(twice, 0);
    book.take(twice, 0);
    expect(granted(book)).toEqual(['1']);
    book.take(twice, 1);
    expect(granted(book, 1)).toEqual(['1']);
    expect(book.taken).toBe(1);
  });

  it('ignores what it does not know', () => {
    const book = new PoolBook();
    book.take(ask('a', { releases: ['never asked'] }), 0);
    book.forget({ workflow_id: 'p/unknown', run_id: 'unknown' });
    expect(book.quietFrom(5)).toBe(5);
  });

  it('takes back everything of a holder that is gone', () => {
    const book = new PoolBook();
    book.take(ask('a', { requests: [request('1'), request('2'), request('3')] }), 0);
    book.take(ask('b', { requests: [request('1', { asked_at: 1 })] }), 0);
    granted(book);
    book.forget({ workflow_id: 'p/a', run_id: 'a' });
    expect(book.grant(1).map(({ holder }) => holder.run_id)).toEqual(['b']);
    expect(book.waitingCount).toBe(0);
  });

  it('believes a holder that says what it holds, and grants nothing until there is room again', () => {
    const book = new PoolBook();
    book.take(ask('a', { requests: [request('1'), request('2')] }), 0);
    granted(book);
    book.take(ask('b', { holds: [request('old')], requests: [request('new')] }), 1);
    expect(book.taken).toBe(3);
    book.take(ask('a', { releases: ['1'] }), 2);
    expect(granted(book, 2)).toEqual([]);
    book.take(ask('a', { releases: ['2'] }), 3);
    expect(granted(book, 3)).toEqual(['new']);
  });

  it('starts no more in a period than the rate of a key allows, and says when it opens', () => {
    const book = new PoolBook();
    const rate = { slots: null, rate: { limit: 2, per_ms: MINUTE } };
    const requests = ['1', '2', '3', '4'].map((id) => request(id, { key: id === '4' ? 'other' : 'one' }));
    book.take(ask('a', { requests }, rate), 0);
    expect(granted(book)).toEqual(['1', '2', '4']);
    expect(book.nextOpening(10)).toBe(MINUTE);
    expect(granted(book, MINUTE - 1)).toEqual([]);
    expect(granted(book, MINUTE)).toEqual(['3']);
  });

  it('keeps a closed key closed until its time and serves the other keys', () => {
    const book = new PoolBook();
    book.take(ask('a', { closes: [{ key: 'one', until: MINUTE }] }), 0);
    book.take(ask('a', { closes: [{ key: 'one', until: 1_000 }] }), 0);
    book.take(ask('a', { requests: [request('1', { key: 'one' }), request('2', { key: 'two' })] }), 0);
    expect(granted(book, 2_000)).toEqual(['2']);
    expect(book.view('p', 2_000).closed).toEqual([
      { key: 'one', until: '1970-01-01T00:01:00.000Z', reason: 'asked' },
    ]);
    expect(granted(book, MINUTE)).toEqual(['1']);
  });

  it('takes the settings of the newest run, also when an older one asks later', () => {
    const book = new PoolBook();
    book.take(ask('new', { requests: [request('1')] }, { slots: 1, as_of: 5 }), 0);
    book.take(ask('old', { requests: [request('1')] }, { slots: 9, as_of: 4 }), 0);
    expect(granted(book)).toHaveLength(1);
    book.take(ask('newest', {}, { slots: 2, as_of: 6 }), 1);
    expect(granted(book, 1)).toHaveLength(1);
  });

  it('serves a request for more than there is when all of it is free', () => {
    const book = new PoolBook();
    book.take(ask('a', { requests: [request('1')] }), 0);
    granted(book);
    book.take(ask('b', { requests: [request('huge', { slots: 5, asked_at: 1 })] }), 1);
    book.take(ask('c', { requests: [request('later', { asked_at: 2 })] }), 1);
    expect(granted(book, 1)).toEqual([]);
    book.take(ask('a', { releases: ['1'] }), 2);
    expect(granted(book, 2)).toEqual(['huge']);
  });

  it('tells who holds and who waits', () => {
    const book = new PoolBook();
    book.take(ask('a', { requests: [request('train', { slots: 2 })] }), 1_000);
    granted(book, 1_000);
    book.take(ask('b', { requests: [request('score', { asked_at: 2_000, priority: 1 })] }), 2_000);
    expect(book.view('gpu', 3_000)).toEqual({
      pool: 'gpu',
      slots: 2,
      rate: null,
      taken: 2,
      holders: [
        {
          workflow_id: 'p/a',
          run_id: 'a',
          stage: 'train',
          slots: 2,
          key: '',
          since: '1970-01-01T00:00:01.000Z',
        },
      ],
      waiting_count: 1,
      waiting: [
        {
          position: 1,
          workflow_id: 'p/b',
          run_id: 'b',
          stage: 'score',
          slots: 1,
          key: '',
          since: '1970-01-01T00:00:02.000Z',
          priority: 1,
        },
      ],
      closed: [],
    });
  });
});
