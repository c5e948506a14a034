export { textNodes } from './text-nodes.js';
export { llmNodes } from './llm-nodes.js';
export { endpointModel } from './llm/endpoint-model.js';
export type { EndpointOptions } from './llm/endpoint-model.js';
export { localModel } from './llm/local-model.js';
export type { LocalModelOptions } from './llm/local-model.js';
export type { LlmOptions } from './llm/llm-options.js';
export type { Model } from './llm/model.js';
