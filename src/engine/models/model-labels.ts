import type { ModelView } from './model-state.js';

/** What a model is found by: its name, and what its aliases mean, as in `production=1.4.0`. */
export function modelLabels({ model, aliases }: Pick<ModelView, 'model' | 'aliases'>): readonly string[] {
  const meanings = aliases.flatMap(({ alias, version }) => (version === null ? [] : [`${alias}=${version}`]));
  return [`model=${model}`, ...meanings.slice(0, MOST_LABELS)];
}

const MOST_LABELS = 20;
