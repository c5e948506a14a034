import type { Json, JsonObject } from './json.js';

/** What a signed decision says. */
export type ApprovalStatement = {
  /** ID of the run's first execution. */
  readonly run: string;
  readonly stage: string;
  readonly decision: 'approve' | 'reject';
  readonly by: string;
  readonly comment: string | null;
  readonly fields: JsonObject;
};

/** The text that is signed: the same for the same decision, whatever the order of keys. */
export function statementText(statement: ApprovalStatement): string {
  const { run, stage, decision, by, comment, fields } = statement;
  return JSON.stringify(['sluice approval 1', run, stage, decision, by, comment, sorted(fields)]);
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, item]) => [key, sorted(item)]);
}
