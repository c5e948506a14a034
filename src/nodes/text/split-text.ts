import { z } from 'zod';
import { defineStage } from '../../activities/define-stage.js';
import { localeParam } from './locale-param.js';
import { segmentsOf } from './segments.js';

const splitParams = z.strictObject({
  text: z.string(),
  by: z.enum(['paragraphs', 'sentences', 'lines']).default('paragraphs'),
  locale: localeParam,
});

/** One text to many parts. Pure. */
export const splitText = defineStage({
  name: 'split-text',
  description: 'Splits a text into paragraphs, sentences or lines',
  params: splitParams,
  output: z.object({ parts: z.array(z.string()), count: z.int() }),
  run: ({ params }) => {
    const parts = partsOf(params)
      .map((part) => part.trim())
      .filter((part) => part !== '');
    return { parts, count: parts.length };
  },
});

function partsOf({ text, by, locale }: z.output<typeof splitParams>): readonly string[] {
  switch (by) {
    case 'paragraphs':
      return text.split(/\r?\n[^\S\n]*\r?\n/);
    case 'lines':
      return text.split(/\r?\n/);
    case 'sentences':
      return segmentsOf(text, 'sentence', locale).map((sentence) => sentence.replaceAll(/\s+/g, ' '));
  }
}
