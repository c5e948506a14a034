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
  forEachString(template, place.path, hasExpression, (text, path) => checkString(text, { ...place, path }));
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
      suggestion: () => suggest(name, known),
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
  forEachString(value, path, hasExpression, (text, at) => {
    const offset = text.replaceAll('$${{', '    ').indexOf('${{');
    if (offset === -1) return;
    const key = at.findLast((step) => typeof step === 'string');
    const message = `\`${String(key)}\` cannot hold an expression, its value is used as it is`;
    reporter.report({ code: 'expression-not-allowed', path: at, offset, message, stage });
  });
}

/** Calls back for each string in a value, with its path; the path is copied only for strings that are `wanted`. */
export function forEachString(
  value: Json,
  path: Path,
  wanted: (text: string) => boolean,
  visit: (text: string, path: Path) => void,
): void {
  const at = [...path];
  const walk = (item: Json): void => {
    if (typeof item === 'string') {
      if (wanted(item)) visit(item, [...at]);
    } else if (Array.isArray(item)) {
      for (let i = 0; i < item.length; i++) enter(i, item[i] as Json);
    } else if (isJsonObject(item)) {
      for (const key of Object.keys(item)) enter(key, item[key] ?? null);
    }
  };
  const enter = (step: string | number, item: Json): void => {
    at.push(step);
    walk(item);
    at.pop();
  };
  walk(value);
}
