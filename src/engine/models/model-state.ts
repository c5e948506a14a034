import { isoTime } from '../stage-record.js';
import type { AliasState, ModelAlias } from './alias-state.js';
import type { ModelEvent } from './model-event.js';
import type { ModelVersion, ModelVersionView } from './model-version.js';

/** Aliases whose moves follow rules; others are free names. */
export const USUAL_ALIASES = ['staging', 'canary', 'production'] as const;

/** Records that lie in the store, and what of them must be known without reading it. */
export type ModelPage = {
  readonly sha256: string;
  readonly size_bytes: number;
  readonly versions: number;
  readonly events: number;
  /** Times of its first and last event; null for a page without. */
  readonly from: string | null;
  readonly to: string | null;
};

/** The content of a page. */
export type ModelPageContent = {
  readonly versions: readonly ModelVersion[];
  readonly events: readonly ModelEvent[];
};

/** A version by name, with the hash of what was registered, and the page that holds it (null: none yet). */
export type IndexEntry = readonly [version: string, digest: string, page: number | null];

/**
 * All that a model takes along into its next history. Old records go to pages in the store, so that it grows by about
 * fifty bytes a version. Lists keep the order in which versions came, which objects would not for names like "10".
 */
export type ModelState = {
  readonly model: string;
  readonly created_at: string;
  readonly index: readonly IndexEntry[];
  readonly failed: ReadonlyArray<readonly [version: string, reason: string]>;
  readonly aliases: readonly AliasState[];
  /** Versions and events that are in no page yet, oldest first. */
  readonly versions: readonly ModelVersion[];
  readonly events: readonly ModelEvent[];
  readonly pages: readonly ModelPage[];
  /** Events so far. */
  readonly seq: number;
};

/** A book in which nothing is written yet. */
export function emptyModel(model: string, now: number): ModelState {
  return {
    model,
    created_at: isoTime(now),
    index: [],
    failed: [],
    aliases: [],
    versions: [],
    events: [],
    pages: [],
    seq: 0,
  };
}

/** How a model stands: what is listed. */
export type ModelView = {
  readonly model: string;
  readonly versions: number;
  /** The version that was registered last; null for none. */
  readonly latest: string | null;
  readonly aliases: readonly ModelAlias[];
  readonly created_at: string;
  readonly updated_at: string;
};

/** What is known of one version: its record, or the page where it is. */
export type FoundVersion =
  | { readonly version: ModelVersionView }
  | { readonly page: ModelPage; readonly name: string; readonly standing: VersionStanding };

/** What becomes of a version after it was registered. */
export type VersionStanding = Pick<ModelVersionView, 'status' | 'status_reason' | 'aliases'>;

/** All records that are in no page, and where the others are. */
export type ModelRecords = Pick<ModelState, 'versions' | 'events' | 'pages' | 'failed'> & {
  readonly aliases: readonly ModelAlias[];
};
