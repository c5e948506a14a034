import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { defineStage, StageFailure, z } from 'sluice';
import { fromProject } from '../lib/from-project.js';

/** One text of the file that an item of a `map` names. */
export const readText = defineStage({
  name: 'read-text',
  description: 'Reads a text file',
  params: z.strictObject({ file: z.string() }),
  output: z.object({ name: z.string(), text: z.string() }),
  run: async ({ params }) => {
    const path = fromProject(params.file);
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      throw new StageFailure(`The text "${path}" cannot be read`, {
        type: 'DataError',
        retryable: false,
        cause,
      });
    });
    return { name: basename(path, '.txt'), text };
  },
});
