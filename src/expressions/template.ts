import { isJsonObject, type Json } from '../shared/json.js';
import type { SecretSlot } from '../shared/task.js';
import { evaluate } from './evaluate.js';
import { ExpressionError } from './expression-error.js';
import type { Scope } from './scope.js';
import { hasExpression, splitTemplate, type TemplatePart } from './split-template.js';

/** A template with its expressions filled in. Secrets stay out: `secretSlots` says where the worker puts them. */
export type ResolvedTemplate = { readonly value: Json; readonly secretSlots: readonly SecretSlot[] };

const SECRET_MASK = '***';
const NO_SLOTS: readonly SecretSlot[] = [];

/**
 * Fills in every `${{ CEL }}` of a template. A string that is one whole `${{ }}` becomes the value itself; in other
 * strings values are spliced as text (lists and objects as JSON, null as nothing). A template without expressions is
 * given back as it is. Throws {@link ExpressionError}.
 */
export function resolveTemplate(template: Json, scope: Scope): ResolvedTemplate {
  const slots: SecretSlot[] = [];
  const value = resolveValue(template, { scope, slots, at: '' });
  return { value, secretSlots: slots.length === 0 ? NO_SLOTS : slots };
}

type Position = { readonly scope: Scope; readonly slots: SecretSlot[]; readonly at: string };

function resolveValue(template: Json, position: Position): Json {
  if (typeof template === 'string')
    return hasExpression(template) ? resolveString(template, position) : template;
  if (Array.isArray(template)) return resolveList(template, position);
  return isJsonObject(template) ? resolveObject(template, position) : template;
}

function resolveList(list: readonly Json[], position: Position): Json {
  const copy = list.map((item, i) => resolveValue(item, { ...position, at: `${position.at}/${i}` }));
  return copy.every((item, i) => item === list[i]) ? list : copy;
}

function resolveObject(object: { readonly [key: string]: Json }, position: Position): Json {
  let changed = false;
  const copy = Object.entries(object).map(([key, item]) => {
    const value = resolveValue(item, { ...position, at: `${position.at}/${escapePointer(key)}` });
    changed ||= value !== item;
    return [key, value] as const;
  });
  return changed ? Object.fromEntries(copy) : object;
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function resolveString(text: string, position: Position): Json {
  const parts = partsOf(text);
  const [only] = parts;
  if (parts.length === 1 && only?.type === 'expression') return evaluate(only.source, position.scope);
  if (!parts.some(isSecret)) return parts.map((part) => pieceOf(part, position.scope)).join('');
  const pieces = parts.map((part) =>
    isSecret(part) ? { secret: part.name } : pieceOf(part, position.scope),
  );
  position.slots.push({ at: position.at, parts: pieces });
  return SECRET_MASK;
}

function isSecret(part: TemplatePart): part is Extract<TemplatePart, { type: 'secret' }> {
  return part.type === 'secret';
}

function pieceOf(part: TemplatePart, scope: Scope): string {
  if (part.type === 'secret') return SECRET_MASK;
  if (part.type === 'text') return part.text;
  const value = evaluate(part.source, scope);
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const MAX_CACHED = 500;
const cache = new Map<string, readonly TemplatePart[]>();

function partsOf(text: string): readonly TemplatePart[] {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const { parts, problem } = splitTemplate(text);
  if (parts === null) throw new ExpressionError(problem.message, text, problem.offset);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(text, parts);
  return parts;
}
