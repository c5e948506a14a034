import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type {
  MarkRequest,
  MoveAnswer,
  MoveRequest,
  RollBackRequest,
} from '../../engine/models/model-event.js';
import type { FoundVersion, ModelRecords, ModelView } from '../../engine/models/model-state.js';
import type { ModelRefusal } from '../../engine/models/model-refusal.js';
import type { RegisterRequest } from '../../engine/models/model-version.js';

/** Adds a version, or gives the one of this name and content. */
export const registerVersionUpdate = defineUpdate<RegisterAnswer, [RegisterRequest]>('register_version');

/** Makes an alias mean another version. */
export const moveAliasUpdate = defineUpdate<MoveAnswer, [MoveRequest]>('move_alias');

/** Makes an alias mean again what it meant before. */
export const rollBackAliasUpdate = defineUpdate<MoveAnswer, [RollBackRequest]>('roll_back_alias');

/** Says that a version is no good, or good after all. */
export const markVersionUpdate = defineUpdate<MarkAnswer, [MarkRequest]>('mark_version');

/** `registered` is false when the version was there already. */
export type RegisterAnswer = {
  readonly model: string;
  readonly version: string;
  readonly registered: boolean;
};

/** `changed` is false when the version was marked so already. */
export type MarkAnswer = { readonly model: string; readonly version: string; readonly changed: boolean };

/** How a model stands. */
export const modelQuery = defineQuery<ModelView>('model');

/** A version by its name or an alias; null when there is none. */
export const modelVersionQuery = defineQuery<FoundVersion | null, [VersionName]>('model_version');

/** The version that a rollback of an alias would go to, or why there is none. */
export const rollbackTargetQuery = defineQuery<RollbackTarget, [RollbackQuestion]>('rollback_target');

/** `to` @default what the alias meant last that did not fail */
export type RollbackQuestion = { readonly alias: string; readonly to?: string };

export type RollbackTarget = { readonly version: string } | { readonly refusal: ModelRefusal };

export type VersionName = { readonly version: string } | { readonly alias: string };

/** Versions and events, as far as they are in no page of the store, and where the pages are. */
export const modelRecordsQuery = defineQuery<ModelRecords>('model_records');
