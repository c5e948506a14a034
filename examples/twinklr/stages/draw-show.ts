import { join } from 'node:path';
import { defineStage, z } from 'sluice';
import { fromProject, shown, writeText } from '../lib/paths.js';
import { analysis, display, effect, macroPlan } from '../lib/shapes.js';

export const drawShowStage = defineStage({
  name: 'draw-show',
  description: 'Draws the show as an SVG picture',
  params: z.strictObject({
    analysis,
    macro: macroPlan,
    display,
    effects: z.array(effect),
    out_dir: z.string(),
  }),
  output: z.object({ file: z.string(), bytes: z.int() }),
  run: async ({ params, ctx }) => {
    // Charts are most of what this project loads: only the stage that draws one loads them.
    const { drawShow } = await import('../lib/sequence/draw-show.js');
    const { analysis: heard, macro, effects } = params;
    const svg = drawShow({
      title: `${heard.title}, ${heard.tempo_bpm.toFixed(1)} beats a minute`,
      durationMs: heard.duration_ms,
      models: params.display.groups.flatMap((group) => group.models),
      macro,
      beats: heard.beats,
      effects,
    });
    const file = join(fromProject(params.out_dir), `${heard.title}.svg`);
    await writeText(file, svg);
    await ctx.artifacts.write('show.svg', svg);
    ctx.log.info(`Picture in ${shown(file)}`);
    return { file, bytes: Buffer.byteLength(svg) };
  },
});
