import { join } from 'node:path';
import { defineStage, z } from 'sluice';
import { fromProject, shown, writeText } from '../lib/paths.js';
import { checkSequence } from '../lib/sequence/check-sequence.js';
import { writeSequence } from '../lib/sequence/write-sequence.js';
import { analysis, display, effect, line, macroPlan } from '../lib/shapes.js';

/** The file gets its place in one step, under a name that follows from the audio: twice is as good as once. */
export const renderSequence = defineStage({
  name: 'render-sequence',
  description: 'Writes the show as an xLights sequence and checks it against its schema',
  params: z.strictObject({
    analysis,
    macro: macroPlan,
    display,
    lines: z.array(line),
    effects: z.array(effect).min(1),
    out_dir: z.string(),
  }),
  output: z.object({ file: z.string(), effects: z.int(), bytes: z.int(), problems: z.array(z.string()) }),
  run: async ({ params, ctx }) => {
    const { analysis: heard, display, effects, lines, macro } = params;
    const xml = writeSequence({
      title: heard.title,
      mediaFile: heard.file,
      durationMs: heard.duration_ms,
      colours: macro.colours,
      display,
      beats: heard.beats,
      lines,
      effects,
    });
    const file = join(fromProject(params.out_dir), `${heard.title}.xsq`);
    await writeText(file, xml);
    await ctx.artifacts.write('show.xsq', xml);
    const problems = await checkSequence(xml);
    for (const problem of problems) ctx.log.warn(problem);
    ctx.metrics.add('effects', effects.length);
    ctx.log.info(`Sequence in ${shown(file)}`);
    return { file, effects: effects.length, bytes: Buffer.byteLength(xml), problems: [...problems] };
  },
});
