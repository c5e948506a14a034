import { cel, definePipeline, z } from 'sluice';
import { aggregateItems, cleanText, filterItems, scoreSentiment, splitText } from 'sluice/nodes';
import { readText } from '../stages/read-text.js';

/** How the mood of a text runs. In TypeScript, so that the compiler checks what the stages give each other. */
export default definePipeline(
  {
    name: 'moods',
    version: '1.0.0',
    description: 'Scores the mood of a text part by part, and sums up its dark side',
    tags: ['text'],
    secrets: ['LLM_API_KEY'],
    inputs: {
      file: z.string().default('data/inaugural-1865-Lincoln.txt').describe('A text in English'),
      by: z.enum(['paragraphs', 'sentences']).default('sentences'),
      at_least: z.int().min(1).default(10).describe('With fewer parts there is nothing to compare'),
    },
    defaults: { timeout: '2m', retry: { max_attempts: 4, initial_delay: '2s' } },
  },
  ({ stage, inputs }) => {
    const read = stage.uses('read', readText, { with: { file: inputs.file } });
    const clean = stage.uses('clean', cleanText, { with: { text: read.output.text } });
    const split = stage.uses('split', splitText, { with: { text: clean.output.text, by: inputs.by } });
    const enough = stage.gate('enough', {
      checks: [{ name: 'there are parts to compare', assert: cel.ge(split.output.count, inputs.at_least) }],
    });

    const parts = stage.each(split.output.parts, { batch_size: 50 });
    const score = parts.uses('score', scoreSentiment, {
      depends_on: [enough],
      with: { text: parts.item, data: { text: parts.item, position: parts.index } },
    });
    const moods = stage.uses('moods', aggregateItems, {
      with: {
        items: score.output,
        group_by: 'item.label',
        measures: { score: { of: 'item.score', by: 'mean' } },
      },
    });
    const dark = stage.uses('dark', filterItems, {
      with: { items: score.output, keep: 'item.label == "negative"' },
    });
    // What it answers with depends on the configuration, so its type is said here.
    const digest = stage.uses<{ text: string }>('digest', 'generate-text', {
      condition: cel.gt(dark.output.kept, 0),
      pool: 'llm',
      cache: true,
      with: {
        prompt: cel<string>`${dark.output.items}.map(part, part.data.text).join("\n\n")`,
        system: 'Say in two sentences what worries the author. Use the words of the text.',
      },
    });
    return {
      parts: split.output.count,
      moods: moods.output.groups,
      dark: dark.output.kept,
      worries: cel.if(cel.gt(dark.output.kept, 0), digest.output.text, ''),
    };
  },
);
