import { ITEM_NAMES, ROOT_NAMES } from './scope.js';

/** Puts an error of the CEL library into the words of this project. */
export function describeCelError(error: unknown): { reason: string; offset: number | null } {
  const { code, summary, offset } = partsOf(error);
  return { reason: describe(code, summary), offset };
}

function partsOf(error: unknown): { code: string; summary: string; offset: number | null } {
  if (!(error instanceof Error)) return { code: '', summary: String(error), offset: null };
  const { code, summary, range } = error as Error & {
    readonly code?: string;
    readonly summary?: string;
    readonly range?: { readonly start: number };
  };
  return { code: code ?? '', summary: summary ?? error.message, offset: range?.start ?? null };
}

function describe(code: string, summary: string): string {
  switch (code) {
    case 'unknown_variable':
      return unknownName(summary.replace('Unknown variable: ', ''));
    case 'no_such_overload':
      return noOverload(plainTypes(summary.replace('no such overload: ', '')));
    case 'no_matching_overload':
      return `there is no function \`${plainTypes(summary.replace("found no matching overload for '", '').replace(/'$/, ''))}\``;
    case 'invalid_condition_type':
    case 'invalid_logical_operand':
      return plainTypes(lowerFirst(summary))
        .replace('bool operands', 'true or false')
        .replace('bool', 'true or false');
    case 'limit_exceeded':
      return `it is too large: ${summary.replace('Exceeded ', 'over ')}`;
    case 'expected_token':
    case 'unexpected_token':
    case 'unexpected_character':
      return summary.endsWith(': EOF') ? 'it ends too early' : lowerFirst(readableTokens(summary));
    default:
      return lowerFirst(plainTypes(summary)).replace('convert to number', 'convert it');
  }
}

function unknownName(name: string): string {
  if (name === 'secrets') {
    return '`secrets` can only stand alone, as in `${{ secrets.NAME }}`, in `with`, `env`, headers and URLs';
  }
  if ((ITEM_NAMES as readonly string[]).includes(name)) return `\`${name}\` exists only inside a map`;
  return `\`${name}\` is not a known name. Names here: ${ROOT_NAMES.join(', ')}`;
}

function noOverload(operation: string): string {
  const binary = /^(.+) (\S+) (.+)$/.exec(operation);
  if (binary === null) return `\`${operation.charAt(0)}\` cannot take a ${operation.slice(1)}`;
  const [, left, operator, right] = binary;
  return `\`${operator}\` cannot take ${left} and ${right}`;
}

/** CEL's type names as JSON's: all numbers are one kind, and what is only known when it runs is not named. */
function plainTypes(text: string): string {
  return text
    .replaceAll(/dyn<((?:[^<>]|<[^<>]*>)+)>/g, '$1')
    .replaceAll(/\b(?:list|map)<[^()]*?>+/g, (type) => (type.startsWith('list') ? 'list' : 'object'))
    .replaceAll(/\b(?:double|u?int)\b(?!\()/g, 'number')
    .replaceAll('google.protobuf.Timestamp', 'timestamp')
    .replaceAll('google.protobuf.Duration', 'duration')
    .replaceAll(/\bdyn\b/g, 'any');
}

const TOKENS: Readonly<Record<string, string>> = {
  EOF: 'the end',
  LPAREN: '`(`',
  RPAREN: '`)`',
  LBRACKET: '`[`',
  RBRACKET: '`]`',
  LBRACE: '`{`',
  RBRACE: '`}`',
  DOT: '`.`',
  COMMA: '`,`',
  COLON: '`:`',
  QUESTION: '`?`',
  IDENTIFIER: 'a name',
  NUMBER: 'a number',
  STRING: 'a string',
};

function readableTokens(text: string): string {
  return text.replaceAll(/\b[A-Z]{2,}\b/g, (token) => TOKENS[token] ?? `\`${token.toLowerCase()}\``);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
