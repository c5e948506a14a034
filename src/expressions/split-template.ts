/** A piece of a template string. `offset` is where its text begins, from 0; for `${{ }}` what is inside the braces. */
export type TemplatePart =
  | { readonly type: 'text'; readonly text: string; readonly offset: number }
  | { readonly type: 'expression'; readonly source: string; readonly offset: number }
  | { readonly type: 'secret'; readonly name: string; readonly offset: number };

export type SplitTemplate =
  | { readonly parts: readonly TemplatePart[]; readonly problem: null }
  | { readonly parts: null; readonly problem: { readonly message: string; readonly offset: number } };

const OPEN = '${{';
const SECRET = /^\s*secrets\.([A-Za-z_]\w*)\s*$/;

/** True when a string may need {@link splitTemplate}; most strings do not. */
export function hasExpression(text: string): boolean {
  return text.includes(OPEN);
}

/** Splits a string at its `${{ CEL }}`. `$${{` stands for a literal `${{`. */
export function splitTemplate(text: string): SplitTemplate {
  const parts: TemplatePart[] = [];
  let from = 0;
  let literal = '';
  for (let open = text.indexOf(OPEN); open !== -1; open = text.indexOf(OPEN, from)) {
    if (text[open - 1] === '$' && open > from) {
      literal += text.slice(from, open - 1) + OPEN;
      from = open + OPEN.length;
      continue;
    }
    literal += text.slice(from, open);
    if (literal !== '') parts.push({ type: 'text', text: literal, offset: from });
    literal = '';
    const start = open + OPEN.length;
    const end = findEnd(text, start);
    if (end === -1)
      return { parts: null, problem: { message: '`${{` is never closed by `}}`', offset: open } };
    parts.push(expressionPart(text.slice(start, end), start));
    from = end + 2;
  }
  literal += text.slice(from);
  if (literal !== '') parts.push({ type: 'text', text: literal, offset: from });
  return { parts, problem: null };
}

function expressionPart(inside: string, start: number): TemplatePart {
  const name = SECRET.exec(inside)?.[1];
  const offset = start + (inside.length - inside.trimStart().length);
  return name === undefined
    ? { type: 'expression', source: inside.trim(), offset }
    : { type: 'secret', name, offset };
}

/** Finds the `}}` that closes an expression: not one inside its strings or its own braces. */
function findEnd(text: string, start: number): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (char === '"' || char === "'") {
      i = skipString(text, i, char);
    } else if (char === '{') {
      depth++;
    } else if (char === '}') {
      if (depth === 0) return text[i + 1] === '}' ? i : -1;
      depth--;
    }
  }
  return -1;
}

/** The position of the last character of a string that starts at `start`. */
function skipString(text: string, start: number, quote: string): number {
  const fence = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  let i = start + fence.length;
  while (i < text.length && !text.startsWith(fence, i)) i += text[i] === '\\' ? 2 : 1;
  return i + fence.length - 1;
}
