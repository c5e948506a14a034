import { StringDecoder } from 'node:string_decoder';

/** A line longer than this is cut into several, so that output without line breaks cannot fill the memory. */
const LONGEST_LINE = 1024 * 1024;

/**
 * Lines of a byte stream, without their line breaks; only a line feed breaks a line. Bytes that are no UTF-8 become
 * U+FFFD. Lines longer than `longest` characters are cut.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  longest = LONGEST_LINE,
): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const pieces = decoder.write(Buffer.from(chunk)).split('\n');
    const rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      yield (parts.join('') + piece).replace(/\r$/, '');
      parts = [];
      length = 0;
    }
    parts.push(rest);
    length += rest.length;
    if (length > longest) {
      yield parts.join('');
      parts = [];
      length = 0;
    }
  }
  const last = parts.join('') + decoder.end();
  if (last !== '') yield last;
}
