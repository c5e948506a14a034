import { endpointModel } from 'sluice/nodes';
import { z } from 'sluice';
import { chapter } from './shapes.js';

/** What a model is asked for. */
export const schemas = { chapter: z.object({ paragraphs: chapter.shape.paragraphs }) };

/** The service that this worker was told of, under the name `writer`. Without one the pipeline can only write locally. */
export function modelsOf(env: NodeJS.ProcessEnv) {
  const { STORY_LLM_KEY: key, STORY_LLM_MODEL: model, STORY_LLM_URL: url } = env;
  if (url === undefined || url === '') return {};
  const apiKey = key === undefined || key === '' ? {} : { apiKey: 'STORY_LLM_KEY' };
  return { writer: endpointModel({ url, model: model ?? 'default', ...apiKey }) };
}
