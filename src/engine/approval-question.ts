import type { Json } from '../shared/json.js';
import type { InputSpec } from './plan.js';

/** Longer evidence is looked at in the result. */
const MOST_EVIDENCE = 4_000;

/** What an approver should look at, as indented JSON; null where there is nothing. */
export function evidenceText(evidence: Json): string | null {
  if (evidence === null) return null;
  const text = JSON.stringify(evidence, null, 2);
  const rest = text.length - MOST_EVIDENCE;
  return rest <= 0 ? text : `${text.slice(0, MOST_EVIDENCE)}\n… ${rest} more characters`;
}

/** What a field takes: `integer, required, minimum 1. Percent to start with`. */
export function fieldWords({ type, required, description, ...limits }: InputSpec): string {
  const words = Object.entries(limits).map(
    ([limit, value]) => `${limit.replaceAll('_', ' ')} ${JSON.stringify(value)}`,
  );
  const takes = [type, ...(required ? ['required'] : []), ...words].join(', ');
  return description === undefined ? takes : `${takes}. ${description}`;
}
