import { duration } from '../../render/wording.js';
import { numberWords, percentWords } from '../number-words.js';
import { escapeHtml } from './escape.js';

type Shape = 'time' | 'share' | 'number';

/**
 * A number of the page, in words for people. Its attributes say which number of `metrics --json` it is, and its exact
 * value, for whoever reads the page with a program. Empty of nothing.
 */
export function valueTag(path: string, value: number | null | undefined, shape: Shape = 'number'): string {
  if (value === null || value === undefined) return '';
  const show = { time: duration, share: percentWords, number: numberWords }[shape];
  return `<data data-metric="${escapeHtml(path)}" value="${value}">${escapeHtml(show(value))}</data>`;
}
