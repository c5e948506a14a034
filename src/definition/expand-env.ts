import { isJsonObject, type Json, type JsonObject } from '../shared/json.js';
import type { Path, Reporter } from './reporter.js';
import { suggest } from './suggest.js';

export type Env = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\$\{|\$\{([^{}]*)\}|\$\{/g;
const NAME_AND_DEFAULT = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/** Fills in `${NAME}` and `${NAME:-default}` in every string; `$${` stands for a literal `${`. */
export function expandEnv(values: JsonObject, at: Path, env: Env, reporter: Reporter): JsonObject {
  const expand = (value: Json, path: Path): Json => {
    if (typeof value === 'string')
      return value.includes('${') ? expandText(value, path, env, reporter) : value;
    if (Array.isArray(value)) return value.map((item: Json, i) => expand(item, [...path, i]));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, expand(item, [...path, key])]),
    );
  };
  return expand(values, at) as JsonObject;
}

function expandText(text: string, path: Path, env: Env, reporter: Reporter): string {
  return text.replaceAll(REFERENCE, (match: string, inside: string | undefined, offset: number) => {
    if (match === '$${') return '${';
    const report = (
      code: 'env-syntax' | 'env-not-set' | 'expression-not-allowed',
      message: string,
    ): string => {
      reporter.report({ code, path, offset, message, suggestion: null });
      return match;
    };
    if (inside === undefined && text.startsWith('${{', offset)) {
      const message = 'variables are fixed when the definition is loaded, so they cannot hold expressions';
      return report('expression-not-allowed', message);
    }
    const [, name, fallback] = NAME_AND_DEFAULT.exec(inside ?? '') ?? [];
    if (name === undefined) {
      const shown = inside === undefined ? '${' : match;
      return report(
        'env-syntax',
        `\`${shown}\` must be \`\${NAME}\` or \`\${NAME:-default}\`; write \`$\${\` for a literal \`\${\``,
      );
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    // As in a shell, an empty value also takes the default of `:-`.
    if (value !== undefined && (value !== '' || fallback === undefined)) return value;
    if (fallback !== undefined) return fallback;
    const message = `the environment variable ${name} is not set; set it, or give a default: \`\${${name}:-…}\``;
    reporter.report({
      code: 'env-not-set',
      path,
      offset,
      message,
      suggestion: () => suggest(name, Object.keys(env)),
    });
    return match;
  });
}
