import { readFile } from 'node:fs/promises';
import { defineStage, StageFailure, z } from 'sluice';
import { fromProject, shown } from '../lib/paths.js';
import { display } from '../lib/shapes.js';

export const readDisplay = defineStage({
  name: 'read-display',
  description: 'Reads which groups of lights there are',
  params: z.strictObject({ file: z.string() }),
  output: display,
  run: async ({ params }) => {
    const path = fromProject(params.file);
    const read = display.safeParse(parsed(await readFile(path, 'utf8')));
    if (read.success) return read.data;
    const what = z.prettifyError(read.error);
    throw new StageFailure(`${shown(path)} does not describe a display:\n${what}`, { retryable: false });
  },
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
