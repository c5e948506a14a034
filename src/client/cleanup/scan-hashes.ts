import type { Readable } from 'node:stream';

const HASH = /[0-9a-f]{64}/g;
/** Half a hash may stand at the end of a chunk. */
const LONGEST_PART = 63;

/**
 * Every SHA-256 that is written in some bytes. Objects are named by theirs, so this finds whatever can refer to one:
 * claims of big payloads, artifacts in results, and both inside of either.
 */
export function hashesIn(bytes: Uint8Array): readonly string[] {
  return hashesInText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
}

/**
 * Calls back for every SHA-256 in a stream. Binary data, told by a zero byte at its start, refers to nothing and is
 * not read to its end; payloads are JSON in a frame that holds no zero.
 */
export async function scanStream(source: Readable, onHash: (hash: string) => void): Promise<void> {
  let rest: string | null = null;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    if (rest === null && chunk.subarray(0, 4096).includes(0)) return;
    const text: string = (rest ?? '') + chunk.toString('latin1');
    for (const hash of hashesInText(text)) onHash(hash);
    rest = text.slice(-LONGEST_PART);
  }
}

function hashesInText(text: string): readonly string[] {
  return text.match(HASH) ?? [];
}
