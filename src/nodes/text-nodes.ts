import type { StageFunction } from '../activities/stage-function.js';
import { classifyText } from './classify/classify-text.js';
import { trainClassifier } from './classify/train-classifier.js';
import { aggregateItems } from './items/aggregate-items.js';
import { filterItems } from './items/filter-items.js';
import { chunkText } from './text/chunk-text.js';
import { cleanText } from './text/clean-text.js';
import { scoreSentiment } from './text/score-sentiment.js';
import { splitText } from './text/split-text.js';
import { tokenizeText } from './text/tokenize-text.js';

/**
 * Stage functions that work on texts and on lists, for `stages` of a configuration. They need no account and no network.
 * The packages that some of them need are loaded when a stage first runs.
 */
export function textNodes(): readonly StageFunction[] {
  return [
    cleanText,
    splitText,
    chunkText,
    tokenizeText,
    scoreSentiment,
    trainClassifier,
    classifyText,
    filterItems,
    aggregateItems,
  ];
}
