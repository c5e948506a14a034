import type { z } from 'zod';
import { isJsonObject, type Json } from '../../shared/json.js';
import { formatPath, type Path, type Reporter } from '../reporter.js';
import type { ProblemCode } from '../problem-codes.js';
import { suggest } from '../suggest.js';
import { DURATION_MESSAGE } from './fields.js';
import { keysAt } from './keys-at.js';
import type { Issue } from './lenient-parse.js';

export type IssueContext = {
  readonly schema: z.ZodType;
  /** The value that was checked, and where it stands. */
  readonly value: Json;
  readonly at: Path;
  readonly stage: string | null;
  /** How the checked object is called in messages. */
  readonly owner: string;
};

/** Reports what zod found, in this project's words. */
export function reportIssues(issues: readonly Issue[], context: IssueContext, reporter: Reporter): void {
  for (const issue of issues.flatMap((found) => narrowUnion(found))) {
    if (issue.code === 'unrecognized_keys') reportUnknownKeys(issue, context, reporter);
    else reportValue(issue, context, reporter);
  }
}

/** Of a union's branches the one that got furthest into the value tells best what is wrong. */
function narrowUnion(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const deepest = issue.errors.find(
    (branch) => branch.length > 0 && branch.every((inner) => inner.path.length > 0),
  );
  if (deepest === undefined) return [issue];
  return deepest.flatMap((inner) => narrowUnion({ ...inner, path: [...issue.path, ...inner.path] }));
}

function reportUnknownKeys(
  issue: Extract<Issue, { code: 'unrecognized_keys' }>,
  context: IssueContext,
  reporter: Reporter,
): void {
  const path = issue.path as Path;
  const known = keysAt(context.schema, path);
  const owner = path.length === 0 ? context.owner : `\`${formatPath(path)}\``;
  for (const key of issue.keys) {
    reporter.report({
      code: 'unknown-key',
      path: [...context.at, ...path, key],
      key: true,
      message: `\`${key}\` is not a key of ${owner}. Keys: ${known.join(', ')}.`,
      stage: context.stage,
      suggestion: () => suggest(key, known),
    });
  }
}

function reportValue(issue: Issue, context: IssueContext, reporter: Reporter): void {
  const path = issue.path as Path;
  const found = valueAt(context.value, path);
  const at = [...context.at, ...path];
  const label = path.length === 0 ? context.owner : `\`${formatPath(path)}\``;
  if (found === undefined) {
    const message = `${label} is missing, it must be ${issue.message}`;
    reporter.report({ code: 'missing-key', path: at.slice(0, -1), message, stage: context.stage });
    return;
  }
  if (issue.code === 'invalid_key') return reportKey(issue, context, reporter);
  reporter.report({
    code: codeOf(issue),
    path: at,
    message: `${label} must be ${issue.message}, got ${shown(found)}${quoteHint(issue, found)}`,
    stage: context.stage,
    suggestion: () => enumSuggestion(issue, found),
  });
}

function reportKey(
  issue: Extract<Issue, { code: 'invalid_key' }>,
  context: IssueContext,
  reporter: Reporter,
): void {
  const path = issue.path as Path;
  const reason = issue.issues[0]?.message ?? 'another name';
  const message = `the name \`${String(path.at(-1))}\` must be ${reason}`;
  reporter.report({
    code: 'bad-id',
    path: [...context.at, ...path],
    key: true,
    message,
    stage: context.stage,
  });
}

function codeOf(issue: Issue): ProblemCode {
  if (issue.message.startsWith(DURATION_MESSAGE)) return 'bad-duration';
  if (issue.code === 'invalid_type' || issue.code === 'invalid_union') return 'wrong-type';
  return issue.code === 'invalid_format' ? 'bad-id' : 'wrong-value';
}

function quoteHint(issue: Issue, found: Json): string {
  const isBareScalar = typeof found === 'number' || typeof found === 'boolean';
  return isBareScalar && issue.code === 'invalid_type' && issue.expected === 'string'
    ? '; put it in quotes'
    : '';
}

function enumSuggestion(issue: Issue, found: Json): string | null {
  if (issue.code !== 'invalid_value' || typeof found !== 'string') return null;
  return suggest(found, issue.values.map(String));
}

/** What stands at a path, or undefined. */
export function valueAt(value: Json, path: Path): Json | undefined {
  let at: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(at)) at = at[Number(step)] as Json | undefined;
    else at = isJsonObject(at) && Object.hasOwn(at, String(step)) ? at[String(step)] : undefined;
  }
  return at;
}

/** A value for a message, with its type. */
export function shown(value: Json): string {
  const json = JSON.stringify(value);
  const short = json.length > 60 ? `${json.slice(0, 57)}…` : json;
  const text = typeof value === 'string' && json.length <= 60 ? value : short;
  const type = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
  return value === null ? '`null`' : `\`${text}\` (${type})`;
}
