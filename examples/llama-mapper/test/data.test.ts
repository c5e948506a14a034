import { describe, expect, it } from 'vitest';
import { detect } from '../lib/detectors.js';
import { readMessages } from '../lib/messages.js';
import { splitRows } from '../lib/split.js';
import { codeOf } from '../lib/taxonomy.js';
import { dataset } from './support/small-models.js';

describe('the data', () => {
  it('has the rows that its README tells of', async () => {
    const { rows, train, test, ...left } = await dataset();
    expect(left).toEqual({ malformed: 0, duplicates: 415, conflicting: 0 });
    expect([rows.length, train.length, test.length]).toEqual([5159, 4127, 1032]);
    const of = (code: string): number => rows.filter((row) => row.code === code).length;
    expect(['ordinary', 'spam.contact', 'spam.prize', 'spam.offer'].map(of)).toEqual([4517, 104, 220, 318]);
  });

  it('shares no text between the rows to learn from and those to test with, in any order of rows', async () => {
    const { rows, train, test } = await dataset();
    const learned = new Set(train.map(({ text }) => text.toLowerCase()));
    expect(test.filter(({ text }) => learned.has(text.toLowerCase()))).toEqual([]);
    const options = { seed: 20, testShare: 0.2, labelOf: ({ code }: { code: string }) => code };
    expect(splitRows(rows.toReversed(), options)).toEqual({ train, test });
    expect(splitRows(rows, { ...options, seed: 21 }).test).not.toEqual(test);
  });
});

it('leaves out what cannot be read, what is there twice, and what people called both', () => {
  const file = [
    'ham\tGood morning',
    'spam\tgood  MORNING ',
    'ham\tYes',
    'ham\tyes',
    'eggs\tno',
    'ham\t ',
    '',
    'spam\tWin',
  ];
  expect(readMessages(file.join('\n'))).toMatchObject({
    messages: [
      { text: 'Yes', isSpam: false },
      { text: 'Win', isSpam: true },
    ],
    malformed: 2,
    duplicates: 2,
    conflicting: 1,
  });
});

it('lets each detector speak in its own words', () => {
  const said = detect('URGENT! You have WON £1000 CASH! Call 09061701461 now, 150p per msg. www.example.com');
  expect(said.map(({ detector, label }) => `${detector}: ${label}`)).toEqual([
    'number-watch: PREMIUM_RATE',
    'tariff-finder: price per message',
    'tariff-finder: sum of money',
    'link-guard: url',
    'tone: pressing',
    'tone: loud',
  ]);
  expect(detect('See you at home')).toEqual([]);
});

it('gives a kind to what people called spam, and to nothing else', () => {
  const text = 'You have won a prize';
  expect(codeOf({ text, isSpam: true })).toBe('spam.prize');
  expect(codeOf({ text, isSpam: false })).toBe('ordinary');
  expect(codeOf({ text: 'Sexy singles have won', isSpam: true })).toBe('spam.contact');
  expect(codeOf({ text: 'Cheap calls', isSpam: true })).toBe('spam.offer');
});
