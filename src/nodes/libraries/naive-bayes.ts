import type { NaiveBayes } from 'wink-naive-bayes-text-classifier';
import { loadPackages } from './load-package.js';

/** Makes an empty classifier. */
export async function loadNaiveBayes(): Promise<() => NaiveBayes> {
  const { default: create } = await loadPackages(
    ['wink-naive-bayes-text-classifier'],
    () => import('wink-naive-bayes-text-classifier'),
  );
  return create;
}
