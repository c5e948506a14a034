import type { Json, JsonObject } from '../shared/json.js';
import type { NO_PARTITION, Partition } from '../shared/partition.js';
import type { RunFacts } from '../shared/task.js';

/** The values that an expression sees, one field for each root name. Plain JSON objects. */
export type Scope = {
  readonly inputs: JsonObject;
  readonly variables: JsonObject;
  /** By stage ID. A stage that has not ended is absent. */
  readonly stages: Readonly<Record<string, StageScope>>;
  readonly state: JsonObject;
  readonly metrics: Readonly<Record<string, number>>;
  readonly run: RunScope;
  /** The element, under this name or the one that the map gives it, and its position; only inside a map. */
  readonly item?: Json;
  readonly index?: number;
  /** The elements that travel together, instead of `item`. */
  readonly batch?: readonly Json[];
};

/** `stages.ID` in expressions. */
export type StageScope = {
  readonly output: Json;
  readonly status: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly error: Json;
};

/** `run` in expressions; hooks also see `run.status`. */
export type RunScope = Omit<RunFacts, 'partition'> & {
  /** All null in a run that belongs to no backfill. */
  readonly partition?: Partition | typeof NO_PARTITION;
  readonly status?: string;
};

/** Root names that an expression may use anywhere. */
export const ROOT_NAMES = ['inputs', 'variables', 'stages', 'state', 'metrics', 'run'] as const;

/** Root names that exist only inside a map; `item` may have another name there. */
export const ITEM_NAMES = ['item', 'index', 'batch'] as const;
