import { hasExpression } from '../../expressions/inspect.js';
import type { Json } from '../../shared/json.js';
import type { StageEntry } from '../draft.js';
import type { ProblemCode } from '../problem-codes.js';
import { formatPath, type Path } from '../reporter.js';
import type { CanaryDefinition } from '../schema/canary-schema.js';
import { shown } from '../schema/report-issues.js';
import { checkNoExpressions, type TemplatePlace } from './check-template.js';

/** What the checks of a canary work with; paths begin below the stage. */
export type CanaryCheck = {
  readonly canary: CanaryDefinition;
  readonly entry: StageEntry;
  readonly report: (code: ProblemCode, path: Path, message: string) => void;
  /** Checks a template in which these names are known too. */
  readonly template: (value: Json | undefined, path: Path, use: TemplateUse) => void;
  readonly place: (path: Path, names: readonly string[]) => Omit<TemplatePlace, 'secrets'>;
};

type TemplateUse = { readonly names: readonly string[]; readonly secrets?: boolean };

/** Reports an object that has none, or several, of the keys of which it must have one. */
export function hasOne(
  { report }: CanaryCheck,
  path: readonly (string | number)[],
  value: object,
  keys: readonly string[],
): boolean {
  const found = keys.filter((key) => (value as Readonly<Record<string, unknown>>)[key] !== undefined);
  if (found.length === 1) return true;
  const message = `\`${formatPath(path)}\` must have one of: ${keys.join(', ')}; it has ${found.join(', ') || 'none'}`;
  report(found.length === 0 ? 'no-kind' : 'several-kinds', path, message);
  return false;
}

/** Reports a literal URL that is none. */
export function checkUrl({ report }: CanaryCheck, path: Path, url: string | undefined): void {
  if (url === undefined || hasExpression(url)) return;
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return;
  report(
    'wrong-value',
    path,
    `\`${String(path.at(-1))}\` must be a full http or https URL, got ${shown(url)}`,
  );
}

/** The name of a stage function is used as it is. */
export function checkUses({ entry, place }: CanaryCheck, path: Path, uses: string | undefined): void {
  checkNoExpressions(uses, [...entry.path, ...path], entry.label, place(path, []).reporter);
}
