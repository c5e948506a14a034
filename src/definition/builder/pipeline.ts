import type { JsonObject } from '../../shared/json.js';

/** A pipeline made with `definePipeline`: the definition that a YAML file would hold, with the types of what it takes and gives. */
export type Pipeline<I = unknown, O = unknown> = {
  readonly name: string;
  readonly definition: JsonObject;
  /** Pipelines of this definition's own that it runs, by what its stages call them. */
  readonly children: ReadonlyMap<string, Pipeline>;
  readonly types?: { readonly inputs: I; readonly outputs: O };
};

// Not an instance check: a definition file may come with a copy of this package of its own.
const PIPELINE = Symbol.for('sluice.pipeline');

export function createPipeline<I, O>(parts: Omit<Pipeline, 'types'>): Pipeline<I, O> {
  return Object.freeze(Object.defineProperty({ ...parts }, PIPELINE, { value: true })) as Pipeline<I, O>;
}

/** True for what `definePipeline` made. */
export function isPipeline(value: unknown): value is Pipeline {
  return typeof value === 'object' && value !== null && PIPELINE in value;
}
