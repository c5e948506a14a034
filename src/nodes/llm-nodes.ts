import type { StageFunction } from '../activities/stage-function.js';
import { embedTexts } from './llm/embed-texts.js';
import { generateObject } from './llm/generate-object.js';
import { generateText } from './llm/generate-text.js';
import { type LlmOptions, setUpLlm } from './llm/llm-options.js';
import { postProcess } from './llm/post-process.js';
import { rerankTexts } from './llm/rerank-texts.js';

/**
 * Stage functions that ask models, for `stages` of a configuration. Without options they ask the model `local`, which
 * needs no account and no network. Throws a `TypeError` for options that do not fit.
 */
export function llmNodes(options: LlmOptions = {}): readonly StageFunction[] {
  const setup = setUpLlm(options);
  return [
    generateText(setup),
    generateObject(setup),
    postProcess(setup),
    embedTexts(setup),
    rerankTexts(setup),
  ];
}
