import { hasExpression, splitTemplate } from '../../expressions/inspect.js';
import { isJsonObject, type Json } from '../../shared/json.js';
import type { Path, Reporter } from '../reporter.js';
import { listNames, suggest } from '../suggest.js';
import { checkExpression, type ExpressionPlace } from './check-expression.js';

export type TemplatePlace = Omit<ExpressionPlace, 'start'> & {
  /** False where a secret would end up in the history. */
  readonly secrets: boolean;
};

/** Checks every expression and secret in a template. */
export function checkTemplate(template: Json, place: TemplatePlace): void {
  forEachString(template, place.path, (text, path) => {
    if (hasExpression(text)) checkString(text, { ...place, path });
  });
}

function checkString(text: string, place: TemplatePlace): void {
  const { parts, problem } = splitTemplate(text);
  if (parts === null) {
    const { reporter, path, stage } = place;
    reporter.report({
      code: 'bad-expression',
      path,
      offset: problem.offset,
      message: problem.message,
      stage,
    });
    return;
  }
  for (const part of parts) {
    if (part.type === 'expression') checkExpression(part.source, { ...place, start: part.offset });
    else if (part.type === 'secret') checkSecret(part.name, part.offset, place);
  }
}

function checkSecret(name: string, offset: number, place: TemplatePlace): void {
  const { names, path, reporter, stage } = place;
  if (!place.secrets) {
    const message = `\`secrets.${name}\` cannot stand here, it would be recorded. Secrets go in \`with\` of \`uses\`, \`env\`, headers and URLs`;
    reporter.report({ code: 'secret-not-allowed', path, offset, message, stage });
  } else if (!names.secrets.has(name)) {
    const known = [...names.secrets];
    const message = `uses \`secrets.${name}\`, which \`secrets\` does not name. Secrets here: ${listNames(known)}`;
    reporter.report({
      code: 'unknown-secret',
      path,
      offset,
      message,
      stage,
      suggestion: suggest(name, known),
    });
  }
}

/** Reports expressions in values that are used as they are. */
export function checkNoExpressions(
  value: Json | undefined,
  path: Path,
  stage: string | null,
  reporter: Reporter,
): void {
  if (value === undefined) return;
  forEachString(value, path, (text, at) => {
    const offset = text.replaceAll('$${{', '    ').indexOf('${{');
    if (offset === -1) return;
    const key = at.findLast((step) => typeof step === 'string');
    const message = `\`${String(key)}\` cannot hold an expression, its value is used as it is`;
    reporter.report({ code: 'expression-not-allowed', path: at, offset, message, stage });
  });
}

/** Calls back for each string in a value, with its path. */
export function forEachString(value: Json, path: Path, visit: (text: string, path: Path) => void): void {
  if (typeof value === 'string') visit(value, path);
  else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) forEachString(item as Json, [...path, i], visit);
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) forEachString(item, [...path, key], visit);
  }
}
