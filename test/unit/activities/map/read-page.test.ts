import { expect, test } from 'vitest';
import { defineStage, z } from '../../../../src/index.js';
import type { Json } from '../../../../src/shared/json.js';
import { activityRig, aTask } from '../attempt-rig.js';

const readPage = (output: unknown, params: Json) => {
  const given: unknown[] = [];
  const source = defineStage({
    name: 'files',
    params: z.looseObject({ cursor: z.unknown() }),
    run: ({ params: got }) => {
      given.push(got);
      return output;
    },
  });
  const page = activityRig({ stages: [source] }).run('sluice.map_page', aTask({ params }));
  return { page, given };
};
const first: Json = { uses: 'files', with: { folder: 'in' }, cursor: null };

test('a page source is given its params and the cursor, and its page is handed on', async () => {
  const { page, given } = readPage({ items: [1, 'b'], next: { after: 'b' } }, { ...first, cursor: 'a' });
  expect(await page).toMatchObject({ output: { items: [1, 'b'], next: { after: 'b' } } });
  expect(given).toEqual([{ folder: 'in', cursor: 'a' }]);
});

test('a page without params gets the cursor alone, and one without next is the last', async () => {
  const { page, given } = readPage({ items: [] }, { ...first, with: null });
  expect(await page).toMatchObject({ output: { items: [], next: null } });
  expect(given).toEqual([{ cursor: null }]);
});

test.each<[string, unknown]>([
  ['a list instead of a page', [1, 2]],
  ['nothing', undefined],
  ['items that are no list', { items: 'abc', next: null }],
  ['no items', { next: null }],
])('%s is an error that says what a page is', async (_what, output) => {
  await expect(readPage(output, first).page).rejects.toMatchObject({
    type: 'ValidationError',
    nonRetryable: true,
    message: expect.stringContaining(
      '"files" must return a page, { items: [ … ], next: the cursor of the next page or null }, and does not: ',
    ),
  });
});

test('a page that leads to itself is an error, for the fan-out would never end', async () => {
  const { page } = readPage({ items: [1], next: { page: 2 } }, { ...first, cursor: { page: 2 } });
  await expect(page).rejects.toMatchObject({
    type: 'ValidationError',
    message:
      '"files" gave the page at {"page":2} with itself as the next one, so that it would never end. Return `next: null` with the last page.',
  });
});

test('a page source that the worker does not have fails with those it has', async () => {
  await expect(readPage({}, { ...first, uses: 'file' }).page).rejects.toMatchObject({
    message: 'This worker has no stage function "file". It has: files.',
  });
});

test('params of a page source must be an object', async () => {
  await expect(readPage({}, { ...first, with: [1] }).page).rejects.toMatchObject({
    message: '`with` of the page source "files" must be an object, because `cursor` is added to it.',
  });
});
