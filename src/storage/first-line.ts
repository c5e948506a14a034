import type { Readable } from 'node:stream';

/** Longer first lines are none of ours. */
const LONGEST = 64 * 1024;

/** The first line of a stream, which is not read further; null when it has no line end. */
export async function firstLine(source: Readable): Promise<string | null> {
  let start = Buffer.alloc(0);
  for await (const chunk of source as AsyncIterable<Buffer>) {
    start = Buffer.concat([start, chunk]);
    const end = start.indexOf(0x0a);
    // Leaving the loop closes the stream.
    if (end !== -1) return start.subarray(0, end).toString('utf8');
    if (start.byteLength > LONGEST) return null;
  }
  return null;
}
