import { inspectExpression, splitTemplate } from '../../expressions/inspect.js';
import type { AlertDefinition } from '../schema/alert-schema.js';

/** Root names that a rule reads, in its condition and in its texts. */
export function namesRead({ when, message, group_by }: AlertDefinition): readonly string[] {
  const sources = [when, ...expressionsIn(message), ...expressionsIn(group_by)];
  const roots = sources.flatMap((source) => (inspectExpression(source).names ?? []).map(({ root }) => root));
  return [...new Set(roots)];
}

function expressionsIn(text: string | undefined): readonly string[] {
  const parts = text === undefined ? null : splitTemplate(text).parts;
  return (parts ?? []).flatMap((part) => (part.type === 'expression' ? [part.source] : []));
}
