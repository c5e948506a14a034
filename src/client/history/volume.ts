import type { RunSummary } from '../../engine/run-summary.js';
import { tidy } from './distribution.js';

/** What a counter counts, told by its name. */
export type CounterKind = 'records' | 'cost' | 'tokens' | 'other';

/** How much a run did, and what it cost; null where nothing was counted. */
export type Volume = {
  readonly records: number | null;
  readonly cost: number | null;
  readonly tokens: number | null;
};

const WORDS: Readonly<Record<Exclude<CounterKind, 'other'>, ReadonlySet<string>>> = {
  cost: new Set(['cost', 'costs', 'usd', 'eur']),
  tokens: new Set(['token', 'tokens']),
  records: new Set(['record', 'records', 'row', 'rows', 'document', 'documents', 'event', 'events']),
};

/** `rows_loaded` counts records, `prompt_tokens` tokens, `cost_usd` money. */
export function counterKind(name: string): CounterKind {
  const words = wordsOf(name);
  for (const kind of ['cost', 'tokens', 'records'] as const) {
    if (words.some((word) => WORDS[kind].has(word))) return kind;
  }
  return 'other';
}

/**
 * Counters of one kind often count the same things again and again on their way, so records are those of the largest
 * counter, or the items of maps where none counts records. Cost and tokens are added up, unless a counter holds the total.
 */
export function volumeOf({ metrics = {}, items }: RunSummary): Volume {
  const byKind: Record<CounterKind, (readonly [string, number])[]> = {
    records: [],
    cost: [],
    tokens: [],
    other: [],
  };
  for (const entry of Object.entries(metrics)) byKind[counterKind(entry[0])].push(entry);
  const records = byKind.records.map(([, value]) => value);
  return {
    records: records.length > 0 ? Math.max(...records) : (items?.[0] ?? null),
    cost: sumOf(byKind.cost),
    tokens: sumOf(byKind.tokens),
  };
}

function sumOf(counters: ReadonlyArray<readonly [string, number]>): number | null {
  if (counters.length === 0) return null;
  const total = counters.find(([name]) => isTotal(name));
  return total === undefined ? tidy(counters.reduce((sum, [, value]) => sum + value, 0)) : total[1];
}

/** `total_tokens`, or plainly `tokens` or `cost_usd`. */
function isTotal(name: string): boolean {
  const words = wordsOf(name);
  return words.includes('total') || words.every((word) => WORDS.cost.has(word) || WORDS.tokens.has(word));
}

function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
