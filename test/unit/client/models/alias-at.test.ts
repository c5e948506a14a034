import { describe, expect, it } from 'vitest';
import { aliasAt } from '../../../../src/client/models/alias-at.js';
import { ModelBook } from '../../../../src/engine/models/model-book.js';
import { emptyModel } from '../../../../src/engine/models/model-state.js';
import { aMove, aVersion } from '../../../support/a-model.js';

const DAY = 86_400_000;
const day = (n: number): number => Date.UTC(2026, 0, n);

function events() {
  const book = new ModelBook(emptyModel('m', day(1)));
  for (const version of ['1', '2']) book.register(aVersion(version), version, day(1));
  book.move(aMove('production', '1'), day(2));
  book.move(aMove('canary', '2'), day(3));
  book.move(aMove('production', '2', { by: 'eve', reason: 'better' }), day(5));
  return book.records().events.toReversed();
}

const at = async (time: number, alias = 'production') =>
  aliasAt(events(), { model: 'm', alias, time: new Date(time) });

describe('what an alias meant at some time', () => {
  it('is what the last move before made it, until the next one', async () => {
    expect(await at(day(4))).toEqual({
      model: 'm',
      alias: 'production',
      at: '2026-01-04T00:00:00.000Z',
      version: '1',
      since: '2026-01-02T00:00:00.000Z',
      until: '2026-01-05T00:00:00.000Z',
      by: 'ada',
      reason: 'because',
    });
  });

  it('changes at the very moment of a move', async () => {
    expect(await at(day(5) - 1)).toMatchObject({ version: '1' });
    expect(await at(day(5))).toMatchObject({ version: '2', until: null, by: 'eve', reason: 'better' });
  });

  it('is nothing before the first move, and after it was emptied', async () => {
    expect(await at(day(2) - 1)).toMatchObject({
      version: null,
      since: null,
      until: '2026-01-02T00:00:00.000Z',
    });
    expect(await at(day(4), 'canary')).toMatchObject({ version: '2', until: '2026-01-05T00:00:00.000Z' });
    expect(await at(day(5) + DAY, 'canary')).toMatchObject({
      version: null,
      since: '2026-01-05T00:00:00.000Z',
    });
    expect(await at(day(9), 'best')).toMatchObject({ version: null, since: null, until: null });
  });
});
