import type { z } from 'zod';
import { validationFailure } from './failure.js';

/** The value as its schema gives it; throws a `ValidationError` that lists every problem with its path. */
export async function checkSchema<S extends z.ZodType>(
  schema: S,
  value: unknown,
  what: string,
): Promise<z.output<S>> {
  const parsed = await schema.safeParseAsync(value);
  if (parsed.success) return parsed.data;
  throw validationFailure(`${what}: ${describeIssues(parsed.error.issues)}.`);
}

/** Every problem of a zod schema on one line: `at rows: …; at rows[2].date: …`. */
function describeIssues(issues: readonly z.core.$ZodIssue[]): string {
  const all = issues.flatMap(innermost);
  const shown = all.slice(0, 20).map((issue) => {
    const path = pathText(issue.path);
    return path === '' ? issue.message : `at ${path}: ${issue.message}`;
  });
  const more = all.length > shown.length ? `; and ${all.length - shown.length} more` : '';
  return `${shown.join('; ')}${more}`;
}

/** Of a value that fits none of several forms, what is wrong with it in the form that fits it furthest. */
function innermost(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const depth = (branch: readonly z.core.$ZodIssue[]): number =>
    Math.max(0, ...branch.map(({ path }) => path.length));
  const [best] = issue.errors.toSorted((a, b) => depth(b) - depth(a));
  if (best === undefined || depth(best) === 0) return [issue];
  return best.flatMap((inner) => innermost({ ...inner, path: [...issue.path, ...inner.path] }));
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}
