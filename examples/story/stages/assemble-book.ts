import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { defineStage, z } from 'sluice';
import { writeEpub } from '../lib/book/write-epub.js';
import { folderOf, replaceFile, shown } from '../lib/paths.js';
import { chapter, idea, picture } from '../lib/shapes.js';

/** The file gets its place in one step, so a second attempt replaces the book of the first. */
export const assembleBook = defineStage({
  name: 'assemble-book',
  description: 'Makes an EPUB of chapters and pictures',
  params: z.strictObject({
    idea,
    author: z.string().min(1),
    chapters: z.array(chapter).min(1),
    pictures: z.array(picture),
    out_dir: z.string(),
  }),
  output: z.object({ file: z.string(), bytes: z.int(), words: z.int() }),
  run: async ({ params, ctx }) => {
    const epub = await writeEpub(params);
    const file = join(folderOf(params.out_dir, params.idea.title), 'book.epub');
    await replaceFile(file, (draft) => writeFile(draft, epub));
    await ctx.artifacts.write('book.epub', epub);
    const words = params.chapters.reduce((sum, each) => sum + each.words, 0);
    ctx.metrics.add('words', words);
    ctx.log.info(`"${params.idea.title}", ${words} words, in ${shown(file)}`);
    return { file, bytes: epub.length, words };
  },
});
