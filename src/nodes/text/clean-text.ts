import { z } from 'zod';
import { defineStage } from '../../activities/define-stage.js';
import { carried, carriedData } from '../carried-data.js';
import { StageFailure } from '../../activities/stage-failure.js';
import { NODE_ERROR } from '../node-errors.js';

/** Brings a text into a form that the stages after it can rely on. Pure, so it may run any number of times. */
export const cleanText = defineStage({
  name: 'clean-text',
  description: 'Normalises characters and white space, and cuts off what stands before and after the text',
  params: z.strictObject({
    text: z.string(),
    /** Unicode form; `NFKC` also turns ligatures, full-width letters and the like into plain ones. */
    form: z.enum(['NFC', 'NFKC']).default('NFKC'),
    lowercase: z.boolean().default(false),
    /** Everything up to the end of the line with this text goes. */
    after: z.string().min(1).nullish(),
    /** Everything from this text on goes. */
    before: z.string().min(1).nullish(),
    /** White space: runs of it become one blank, or one blank line where there was one; or it stays. */
    spaces: z.enum(['collapse', 'keep']).default('collapse'),
    ...carriedData,
  }),
  output: z.object({ text: z.string(), characters: z.int(), ...carriedData }),
  run: ({ params }) => {
    const inner = cut(params.text, params).normalize(params.form);
    const cased = params.lowercase ? inner.toLowerCase() : inner;
    const text = params.spaces === 'collapse' ? collapse(cased) : cased;
    return { text, characters: text.length, ...carried(params) };
  },
});

type Borders = { readonly after?: string | null | undefined; readonly before?: string | null | undefined };

function cut(text: string, { after, before }: Borders): string {
  const rest = typeof after !== 'string' ? text : restAfter(text, after);
  return typeof before !== 'string' ? rest : rest.slice(0, placeOf(rest, before, 'before'));
}

function restAfter(text: string, after: string): string {
  const lineEnd = text.indexOf('\n', placeOf(text, after, 'after'));
  return lineEnd < 0 ? '' : text.slice(lineEnd + 1);
}

/** A border that is not there means that the text is not the one that the pipeline was written for. */
function placeOf(text: string, border: string, param: string): number {
  const place = text.indexOf(border);
  if (place >= 0) return place;
  throw new StageFailure(`The text does not hold "${border}", which \`${param}\` names.`, {
    type: NODE_ERROR.textNotFound,
    retryable: false,
  });
}

function collapse(text: string): string {
  return text
    .split(/\r?\n[^\S\n]*\r?\n\s*/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '')
    .join('\n\n');
}
