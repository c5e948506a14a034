import { join } from 'node:path';
import { defineStage, z } from 'sluice';
import { drawOrnament } from '../lib/book/draw-ornament.js';
import { folderOf, writeText } from '../lib/paths.js';
import { chapterPlan, idea, picture } from '../lib/shapes.js';

export const drawPicture = defineStage({
  name: 'draw-picture',
  description: 'Draws the ornament of a chapter',
  params: z.strictObject({ idea, plan: chapterPlan, out_dir: z.string() }),
  output: picture,
  run: async ({ params }) => {
    const { idea: story, plan } = params;
    const file = join(folderOf(params.out_dir, story.title), 'pictures', `chapter-${plan.number}.svg`);
    await writeText(file, drawOrnament(story.title, plan.title));
    return { number: plan.number, file };
  },
});
