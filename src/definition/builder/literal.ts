import { splitTemplate, type TemplatePart } from '../../expressions/split-template.js';
import { BINDS, celTextOf, type CelText, operand } from './expr.js';

/** CEL that gives a value: that of an expression, a literal, or a list or an object of both. */
export function toCel(value: unknown): CelText {
  const known = celTextOf(value);
  if (known !== null) return known;
  switch (typeof value) {
    case 'string':
      return textToCel(value);
    case 'number':
      return numberToCel(value);
    case 'boolean':
      return atom(String(value));
    case 'object':
      return value === null ? atom('null') : structureToCel(value);
    default:
      throw new TypeError(`A ${typeof value} cannot be a part of an expression.`);
  }
}

function atom(text: string): CelText {
  return { text, binds: BINDS.atom };
}

function numberToCel(value: number): CelText {
  if (!Number.isFinite(value)) throw new TypeError(`\`${value}\` cannot be a part of an expression.`);
  return { text: String(value), binds: value < 0 ? BINDS.unary : BINDS.atom };
}

/** A text with expressions in it is what they are joined to. */
function textToCel(text: string): CelText {
  const { parts, problem } = splitTemplate(text);
  if (problem !== null)
    throw new TypeError(`The text ${JSON.stringify(text)} cannot be read: ${problem.message}.`);
  const [only] = parts;
  if (only === undefined) return atom('""');
  if (parts.length === 1) return only.type === 'text' ? atom(quoted(only.text)) : inner(only);
  return { text: parts.map(joined).join(' + '), binds: BINDS.sum };
}

function joined(part: TemplatePart): string {
  return part.type === 'text' ? quoted(part.text) : `string(${inner(part).text})`;
}

function inner(part: Exclude<TemplatePart, { type: 'text' }>): CelText {
  return part.type === 'secret' ? atom(`secrets.${part.name}`) : { text: part.source, binds: BINDS.raw };
}

/** Braces are escaped, so that the text can stand inside `${{ }}`. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('${{', '\\u0024{{');
}

function structureToCel(value: object): CelText {
  if (Array.isArray(value)) return atom(`[${value.map((item) => part(item)).join(', ')}]`);
  const pairs = Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : [`${quoted(key)}: ${part(item)}`],
  );
  return atom(`{${pairs.join(', ')}}`);
}

function part(value: unknown): string {
  return operand(toCel(value), BINDS.conditional);
}
