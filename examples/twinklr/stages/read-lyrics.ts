import { defineStage, z } from 'sluice';
import { readLyrics } from '../lib/audio/read-lyrics.js';
import { line } from '../lib/shapes.js';

export const readLyricsStage = defineStage({
  name: 'read-lyrics',
  description: 'Reads the timed lines of an LRC file',
  params: z.strictObject({ file: z.string(), duration_ms: z.int().positive() }),
  output: z.object({ lines: z.array(line).min(1) }),
  run: async ({ params, ctx }) => {
    const lines = await readLyrics(params.file, params.duration_ms);
    ctx.metrics.add('lines', lines.length);
    return { lines: [...lines] };
  },
});
