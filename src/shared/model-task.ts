import type { Json } from './json.js';
import type { ArtifactRef, OutputRef } from './task.js';

/** Asks whether the artifact of a version is in the store, byte for byte. */
export type ModelCheckTask = {
  readonly model: string;
  readonly version: string;
} & (
  | { readonly artifact: ArtifactRef }
  /** The version's record lies in this page of the store. */
  | { readonly page: OutputRef }
);

/** `problem` says what is wrong with it; null: nothing. */
export type ModelCheckAnswer = { readonly problem: string | null };

/** Records of a model to keep in the store, oldest first. */
export type ModelPageTask = { readonly model: string; readonly content: Json };
