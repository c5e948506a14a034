import type { JsonObject } from '../shared/json.js';
import type { HookName } from '../engine/plan.js';
import type { Path } from './reporter.js';
import type { HeaderDefinition } from './schema/header-schema.js';
import type { KindKey, StageDefinition } from './schema/stage-schema.js';

/** One stage of a definition: the well-formed part of it, and where it stands. */
export type StageEntry = {
  readonly data: StageDefinition;
  readonly raw: JsonObject;
  readonly path: Path;
  /** The ID for messages; null when the stage has no usable one. */
  readonly label: string | null;
  readonly list: StageList;
  /** Null when the stage does not say exactly one thing that it does. */
  readonly kind: KindKey | null;
};

export type StageList = 'stages' | HookName;

/** A definition on its way to a plan. */
export type Draft = {
  readonly header: HeaderDefinition;
  readonly raw: JsonObject;
  readonly stages: readonly StageEntry[];
  readonly hooks: Readonly<Record<HookName, readonly StageEntry[]>>;
};

export function allStages(draft: Draft): readonly StageEntry[] {
  return [...draft.stages, ...draft.hooks.on_success, ...draft.hooks.on_failure, ...draft.hooks.finally];
}
