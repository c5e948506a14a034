import { expect, test } from 'vitest';
import { liveItems } from '../../../../src/client/items/live-items.js';
import type { LiveAttempt } from '../../../../src/client/live-attempt.js';

const attempt = (
  activityId: string,
  number = 1,
  lastError: LiveAttempt['lastError'] = null,
): LiveAttempt => ({
  activityId,
  attempt: number,
  maxAttempts: 3,
  started: true,
  progress: null,
  lastError,
  nextAttemptAt: null,
});

test('open attempts are told apart by the item that they belong to', () => {
  const lost = { type: 'HttpError', message: '503' };
  const items = liveItems('each', [
    attempt('each.12'),
    attempt('each.3/fetch'),
    attempt('each.3/store', 2, lost),
    attempt('each'),
    attempt('each.more'),
    attempt('each.4x'),
    attempt('eachother.5'),
    attempt('load'),
  ]);
  expect(items).toEqual([
    { index: 3, attempt: 2, lastError: lost },
    { index: 12, attempt: 1, lastError: null },
  ]);
});
