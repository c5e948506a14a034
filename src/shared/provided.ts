const PREFIX = 'provides:';

/**
 * How a run is found that provides a dataset: an entry among its labels. Labels of people hold a `=` after their name, so
 * none of them is taken for one of these.
 */
export function providedLabel(dataset: string): string {
  return `${PREFIX}${dataset}`;
}
