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
  const shown = issues.slice(0, 20).map((issue) => {
    const path = pathText(issue.path);
    return path === '' ? issue.message : `at ${path}: ${issue.message}`;
  });
  const more = issues.length > shown.length ? `; and ${issues.length - shown.length} more` : '';
  return `${shown.join('; ')}${more}`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}
