import { describe, expect, test } from 'vitest';
import { textNodes } from '../../../src/nodes/index.js';
import { putObject } from '../../../src/storage/objects.js';
import { nodeRig } from './node-rig.js';

const rig = nodeRig(textNodes());
const LOANS = [
  'borrow money for a car',
  'a loan for a new house',
  'loan to buy a vehicle',
  'money for a motorbike',
];
const WEATHER = [
  'rain is coming tonight',
  'a sunny day with wind',
  'snow and wind tomorrow',
  'storm and rain again',
];
const EXAMPLES = [
  ...LOANS.map((text) => ({ label: 'loan', text })),
  ...WEATHER.map((text) => ({ label: 'weather', text })),
];

type Trained = {
  classifier: { name: string; sha256: string; size_bytes: number };
  labels: Record<string, number>;
  trained_on: number;
  quality: { examples: number; accuracy: number; confusion: Record<string, Record<string, number>> } | null;
};

describe('a trained classifier', () => {
  test('tells texts apart that it never saw, and says how sure it is', async () => {
    const trained = await rig.output<Trained>('train-classifier', { examples: EXAMPLES, held_out: 0 });
    expect(trained).toMatchObject({ labels: { loan: 4, weather: 4 }, trained_on: 8, quality: null });
    const ask = (input: string | string[]) =>
      rig.output<{ label: string; odds: number }>('classify-text', {
        input,
        classifier: trained.classifier,
        data: { id: 7 },
      });
    expect(await ask('Is there rain or wind tonight?')).toMatchObject({
      label: 'weather',
      odds: expect.closeTo(8.19, 1),
    });
    expect(await ask(['loan', 'house'])).toMatchObject({ label: 'loan', data: { id: 7 } });
    expect(await ask('xyzzy')).toEqual({
      label: 'unknown',
      odds: 0,
      scores: { unknown: 0 },
      data: { id: 7 },
    });
  });

  test('is the same to the last byte for the same examples', async () => {
    const train = async () =>
      (await rig.output<Trained>('train-classifier', { examples: EXAMPLES })).classifier;
    expect(await train()).toEqual(await train());
  });

  test('is measured on held-out examples, of which it learned none', async () => {
    const examples = Array.from({ length: 40 }, (_, n) => EXAMPLES[n % 8] ?? null);
    const { trained_on, quality } = await rig.output<Trained>('train-classifier', {
      examples,
      held_out: 0.4,
      seed: 7,
    });
    expect(trained_on + (quality?.examples ?? 0)).toBe(40);
    // Equal texts are on the same side: what was held out comes in fives.
    expect((quality?.examples ?? 0) % 5).toBe(0);
    expect(quality?.examples).toBeGreaterThan(0);
    const rows = Object.values(quality?.confusion ?? {}).flatMap((row) => Object.values(row));
    expect(rows.reduce((sum, n) => sum + n, 0)).toBe(quality?.examples);
  });
});

test.each([
  ['one label', EXAMPLES.slice(0, 4), 'of two labels or more; there are loan among 4 examples'],
  ['no text', [{ label: 'a', text: 1 }], 'Example 0: expected a text or a list of tokens, got `1`.'],
  ['no label', [{ label: null, text: 'x' }], 'Example 0: expected its label to be a text, got `null`.'],
])('examples with %s are refused', async (_what, examples, message) => {
  await expect(rig.run('train-classifier', { examples, held_out: 0 })).rejects.toMatchObject({
    type: 'ValidationError',
    message: expect.stringContaining(message),
  });
});

test('an artifact that is no classifier is refused', async () => {
  const classifier = await putObject(rig.store, Buffer.from('{"kind": "cake"}'));
  await expect(rig.run('classify-text', { input: 'x', classifier })).rejects.toMatchObject({
    type: 'UnknownName',
    message: expect.stringContaining('is no classifier that `train-classifier` wrote'),
  });
});
