import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadPackages } from '../../../src/nodes/libraries/load-package.js';
import { loadTokenizer, type Tokenizer } from '../../../src/nodes/libraries/tokenizer.js';
import { cutIntoChunks } from '../../../src/nodes/text/cut-into-chunks.js';
import { textNodes } from '../../../src/nodes/index.js';
import { nodeRig } from './node-rig.js';

const rig = nodeRig(textNodes());

describe('clean-text', () => {
  test('brings characters, case and white space into one form and keeps paragraphs', async () => {
    const text = ' Ｆｕｌｌ  width,\r\nﬁne.\r\n \r\n\r\nNext\tone ';
    expect(await rig.output('clean-text', { text, lowercase: true })).toEqual({
      text: 'full width, fine.\n\nnext one',
      characters: 27,
    });
  });

  test('cuts off what stands before and after', async () => {
    const text = 'licence\n*** START OF IT ***\nThe story.\n*** END OF IT ***\nmore licence';
    const params = { text, after: '*** START', before: '*** END' };
    expect(await rig.output('clean-text', params)).toMatchObject({ text: 'The story.' });
  });

  test('fails for good when a border is not there', async () => {
    await expect(rig.run('clean-text', { text: 'a story', after: '*** START' })).rejects.toMatchObject({
      type: 'TextNotFound',
      message: 'The text does not hold "*** START", which `after` names.',
      nonRetryable: true,
    });
  });
});

test.each([
  ['paragraphs', ['One. Two,\nthree.', 'Four.']],
  ['sentences', ['One.', 'Two, three.', 'Four.']],
  ['lines', ['One. Two,', 'three.', 'Four.']],
])('split-text parts a text into %s', async (by, parts) => {
  const text = 'One. Two,\nthree.\n\n\nFour.\n';
  expect(await rig.output('split-text', { text, by })).toEqual({ parts, count: parts.length });
});

test('a language that does not exist is refused with its name', async () => {
  await expect(rig.run('split-text', { text: 'x', locale: 'not a language' })).rejects.toMatchObject({
    type: 'ValidationError',
    message: expect.stringContaining('at locale: expected a language such as "en" or "de-CH"'),
  });
});

describe('chunk-text', () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = await loadTokenizer();
  });

  const rules = (maxTokens: number, overlap: number) => ({
    maxTokens,
    overlap,
    locale: 'en',
    countTokens: tokenizer.count,
  });

  test('keeps sentences whole and repeats the last ones of a chunk', () => {
    const text = 'The first one is here. The second is there. The third went away. The fourth came back.';
    expect(cutIntoChunks(text, rules(14, 7))).toEqual([
      'The first one is here. The second is there. ',
      'The second is there. The third went away. ',
      'The third went away. The fourth came back.',
    ]);
  });

  test('loses nothing of any text, and no chunk has too many tokens', () => {
    const texts = fc.array(fc.oneof(fc.lorem({ mode: 'sentences' }), fc.string({ unit: 'grapheme' })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(texts, fc.integer({ min: 8, max: 40 }), (parts, maxTokens) => {
        const text = parts.join(' ');
        const chunks = cutIntoChunks(text, rules(maxTokens, 0));
        for (const chunk of chunks) expect(tokenizer.count(chunk)).toBeLessThanOrEqual(maxTokens);
        if (text.trim() !== '')
          expect(chunks.join('').replaceAll(/\s+/g, '')).toBe(text.replaceAll(/\s+/g, ''));
      }),
      { numRuns: 25 },
    );
  });

  test('cuts a letter whose accents are more than a chunk takes', () => {
    const letter = `e${'\u0301'.repeat(40)}`;
    const chunks = cutIntoChunks(letter, rules(8, 0));
    expect(chunks.join('')).toBe(letter);
    for (const chunk of chunks) expect(tokenizer.count(chunk)).toBeLessThanOrEqual(8);
  });

  test('refuses an overlap of more than half', async () => {
    await expect(rig.run('chunk-text', { text: 'x', max_tokens: 10, overlap: 6 })).rejects.toMatchObject({
      message: expect.stringContaining('at overlap: expected at most half of `max_tokens`'),
    });
  });
});

describe('tokenize-text', () => {
  test('gives words, and the kinds of what is no word', async () => {
    const text = "Win £1.50 now! The cats weren't running, see http://x.com";
    expect(
      await rig.output('tokenize-text', { text, others: 'kind', stop_words: 'drop', form: 'stem' }),
    ).toEqual({
      tokens: ['win', '<currency>', '<number>', 'cat', 'run', '<url>'],
      count: 6,
    });
  });

  test('gives the pieces that models read', async () => {
    const text = 'Unbelievable <|endoftext|> tokens';
    const { tokens, count } = await rig.output<{ tokens: string[]; count: number }>('tokenize-text', {
      text,
      by: 'model',
    });
    expect(tokens.join('')).toBe(text);
    expect(count).toBe(11);
  });
});

test.each([
  ['What a wonderful, lovely day!', 'positive'],
  ['The table has four legs.', 'neutral'],
  ['A terrible, awful failure.', 'negative'],
])('score-sentiment reads "%s" as %s', async (text, label) => {
  expect(await rig.output('score-sentiment', { text })).toMatchObject({ label });
});

test('a package that is not installed is named with the command that installs it', async () => {
  const missing = 'sluice-has-no-such-package';
  await expect(loadPackages([missing], () => import(/* @vite-ignore */ missing))).rejects.toMatchObject({
    type: 'PackageMissing',
    retryable: false,
    message: expect.stringContaining(`npm install ${missing}`),
  });
});
