import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineStage, z } from 'sluice';
import { fromProject, writeText } from '../lib/paths.js';

const entry = z.object({ run: z.string(), title: z.string(), file: z.string(), words: z.int() });

/** One entry for each run, found again by its ID, so that a second attempt adds nothing. */
export const catalogueBook = defineStage({
  name: 'catalogue-book',
  description: 'Adds a book to the catalogue',
  params: z.strictObject({ title: z.string(), file: z.string(), words: z.int(), out_dir: z.string() }),
  output: z.object({ books: z.int() }),
  run: async ({ params, ctx }) => {
    const { out_dir, ...book } = params;
    const file = join(fromProject(out_dir), 'catalogue.json');
    const before = await readFile(file, 'utf8').then(
      (text) => z.array(entry).parse(JSON.parse(text)),
      () => [],
    );
    const books = [...before.filter(({ run }) => run !== ctx.run.id), { run: ctx.run.id, ...book }];
    await writeText(file, `${JSON.stringify(books, null, 2)}\n`);
    return { books: books.length };
  },
});
