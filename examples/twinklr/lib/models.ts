import { endpointModel } from 'sluice/nodes';
import { groupIdeas, showIdeas } from './shapes.js';

/** What a model is asked for. */
export const schemas = { 'show-ideas': showIdeas, 'group-ideas': groupIdeas };

/** The service that this worker was told of, under the name `planner`. Without one shows are planned by the seed alone. */
export function modelsOf(env: NodeJS.ProcessEnv) {
  const { SHOW_LLM_KEY: key, SHOW_LLM_MODEL: model, SHOW_LLM_URL: url } = env;
  if (url === undefined || url === '') return {};
  const apiKey = key === undefined || key === '' ? {} : { apiKey: 'SHOW_LLM_KEY' };
  return { planner: endpointModel({ url, model: model ?? 'default', ...apiKey }) };
}
