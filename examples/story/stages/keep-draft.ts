import { join } from 'node:path';
import { defineStage, z } from 'sluice';
import { asMarkdown } from '../lib/book/as-markdown.js';
import { fromProject, shown, writeText } from '../lib/paths.js';
import { chapter, chapterPlan, idea } from '../lib/shapes.js';

export const keepDraft = defineStage({
  name: 'keep-draft',
  description: 'Keeps what there is of a book that failed',
  params: z.strictObject({
    idea: idea.nullable(),
    outline: z.array(chapterPlan),
    chapters: z.array(chapter),
    out_dir: z.string(),
  }),
  output: z.object({ file: z.string() }),
  run: async ({ params, ctx }) => {
    const file = join(fromProject(params.out_dir), 'drafts', `${ctx.run.id}.md`);
    await writeText(file, asMarkdown(params.idea, params.outline, params.chapters));
    ctx.log.info(`What there is of it is in ${shown(file)}`);
    return { file };
  },
});
