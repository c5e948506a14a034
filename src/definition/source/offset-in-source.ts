import type { Scalar } from 'yaml';

/**
 * Where a character of a scalar's value stands in the text: walks the value and its source side by side, stepping
 * over quotes, escapes, and the line breaks and indentation that YAML folds away.
 */
export function offsetInSource(node: Scalar, value: string, offset: number, text: string): number {
  const [start, end] = node.range ?? [0, 0];
  let at = contentStart(node.type, start, text);
  for (let i = 0; i < offset && at < end; i++) {
    at = skipFolding(value.charAt(i), at, end, text);
    at += sourceLength(node.type, at, text);
  }
  return Math.min(skipFolding(value.charAt(offset), at, end, text), Math.max(end - 1, start));
}

function contentStart(type: string | undefined, start: number, text: string): number {
  if (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE') return start + 1;
  if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') return text.indexOf('\n', start) + 1;
  return start;
}

/** Moves to where `char` can stand: past indentation that is not part of the value. */
function skipFolding(char: string, from: number, end: number, text: string): number {
  let at = from;
  const isSpace = char === ' ' || char === '\n';
  while (at < end && /\s/.test(text.charAt(at)) && text.charAt(at) !== char) {
    if (isSpace && text.charAt(at) === '\n') return at;
    at += 1;
  }
  return at;
}

function sourceLength(type: string | undefined, at: number, text: string): number {
  if (type === 'QUOTE_SINGLE') return text.startsWith("''", at) ? 2 : 1;
  if (type !== 'QUOTE_DOUBLE' || text.charAt(at) !== '\\') return 1;
  switch (text.charAt(at + 1)) {
    case 'x':
      return 4;
    case 'u':
      return 6;
    case 'U':
      return 10;
    default:
      return 2;
  }
}
