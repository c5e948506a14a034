export { textNodes } from './text-nodes.js';
// Each of them by itself, for pipelines in TypeScript: their params and outputs are typed.
export { cleanText } from './text/clean-text.js';
export { splitText } from './text/split-text.js';
export { chunkText } from './text/chunk-text.js';
export { tokenizeText } from './text/tokenize-text.js';
export { scoreSentiment } from './text/score-sentiment.js';
export { trainClassifier } from './classify/train-classifier.js';
export { classifyText } from './classify/classify-text.js';
export { filterItems } from './items/filter-items.js';
export { aggregateItems } from './items/aggregate-items.js';
export { llmNodes } from './llm-nodes.js';
export { endpointModel } from './llm/endpoint-model.js';
export type { EndpointOptions } from './llm/endpoint-model.js';
export { localModel } from './llm/local-model.js';
export type { LocalModelOptions } from './llm/local-model.js';
export type { LlmOptions } from './llm/llm-options.js';
export type { Model } from './llm/model.js';
