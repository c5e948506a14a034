import { memoize } from '../../activities/memoize.js';
import { loadPackages } from './load-package.js';

/** The library that talks to models, and its provider for whatever speaks OpenAI's protocol. */
export const loadAi = memoize(async () => {
  const [ai, { createOpenAICompatible }] = await loadPackages(['ai@6', '@ai-sdk/openai-compatible@2'], () =>
    Promise.all([import('ai'), import('@ai-sdk/openai-compatible')]),
  );
  // It would print its warnings; here they go to the log of the stage.
  Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
  return { ...ai, createOpenAICompatible };
});
