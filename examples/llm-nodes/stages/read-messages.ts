import { readFile } from 'node:fs/promises';
import { defineStage, StageFailure, z } from 'sluice';
import { fromProject } from '../lib/from-project.js';

const message = z.object({ id: z.int(), label: z.string(), text: z.string() });

/** One page of the messages in a file, for a `map` that goes over all of them. */
export const readMessages = defineStage({
  name: 'read-messages',
  description: 'Reads labelled messages, a page at a time',
  params: z.strictObject({
    file: z.string(),
    /** The first message, from 0, and the one before which to stop. */
    from: z.int().min(0).default(0),
    to: z.int().min(1),
    page: z.int().min(1).default(2000),
    cursor: z.int().nullable().default(null),
  }),
  output: z.object({ items: z.array(message), next: z.int().nullable() }),
  run: async ({ params, ctx }) => {
    const { from, to, page, cursor } = params;
    const lines = (await linesOf(params.file)).slice(0, to);
    const start = cursor ?? from;
    const end = Math.min(start + page, lines.length);
    const items = lines.slice(start, end).map((line, place) => readLine(line, start + place));
    ctx.metrics.add('messages', items.length);
    return { items, next: end < lines.length ? end : null };
  },
});

async function linesOf(file: string): Promise<readonly string[]> {
  const path = fromProject(file);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new StageFailure(`The messages "${path}" cannot be read`, {
      type: 'DataError',
      retryable: false,
      cause,
    });
  });
  return text.split('\n').filter((line) => line.trim() !== '');
}

function readLine(line: string, id: number): z.output<typeof message> {
  const [label = '', text] = line.split('\t');
  if (text !== undefined) return { id, label, text };
  throw new StageFailure(`Line ${id + 1} is not a label, a tab and a text: ${line.slice(0, 80)}`, {
    type: 'DataError',
    retryable: false,
  });
}
