import type { Limits } from './facts.js';
import type { HealthLevel } from './report.js';

const ORDER: readonly HealthLevel[] = ['ok', 'warn', 'fail'];

/** Where a value stands that is the worse the higher it is. */
export function levelOf(value: number, { warn, fail }: Limits): HealthLevel {
  if (value >= fail) return 'fail';
  return value >= warn ? 'warn' : 'ok';
}

/** `ok` when there is nothing to compare. */
export function worst(levels: readonly HealthLevel[]): HealthLevel {
  return levels.reduce((a, b) => (severityOf(b) > severityOf(a) ? b : a), 'ok');
}

/** For sorting: the worse, the higher. */
export function severityOf(level: HealthLevel): number {
  return ORDER.indexOf(level);
}
