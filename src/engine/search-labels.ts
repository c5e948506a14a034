import { providedLabel } from '../shared/provided.js';
import type { RunInput } from './run-input.js';

/**
 * The values of the search attribute of labels. A run for a window of the past does not provide its datasets to others:
 * they ask for what is fresh.
 */
export function searchLabels({ plan, partition }: Pick<RunInput, 'plan' | 'partition'>): readonly string[] {
  const labels = Object.entries(plan.labels).map(([name, value]) => `${name}=${value}`);
  return partition === undefined ? [...labels, ...(plan.provides ?? []).map(providedLabel)] : labels;
}
