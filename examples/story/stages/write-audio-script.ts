import { join } from 'node:path';
import { defineStage, z } from 'sluice';
import { audioScript, minutesToRead } from '../lib/book/audio-script.js';
import { folderOf, writeText } from '../lib/paths.js';
import { chapter, idea } from '../lib/shapes.js';

export const writeAudioScript = defineStage({
  name: 'write-audio-script',
  description: 'Writes the book for a speech synthesiser',
  params: z.strictObject({ idea, chapters: z.array(chapter), out_dir: z.string() }),
  output: z.object({ file: z.string(), minutes: z.int() }),
  run: async ({ params }) => {
    const file = join(folderOf(params.out_dir, params.idea.title), 'audio.ssml');
    await writeText(file, audioScript(params.idea, params.chapters));
    return { file, minutes: minutesToRead(params.chapters) };
  },
});
