import type { Json } from './json.js';
import type { ArtifactRef } from './task.js';

/** Params of the activity that reads one page of what a fan-out goes over. */
export type PageParams = {
  /** The stage function that knows the pages. */
  readonly uses: string;
  /** What the definition gives it; `cursor` is added. */
  readonly with: Json;
  /** What the page before gave as `next`; null for the first one. */
  readonly cursor: Json;
};

/** Output of the same: `next: null` says that this is the last page. */
export type Page = { readonly items: readonly Json[]; readonly next: Json };

/** Params of the activity that reads what comes next of the chunks that a stage gives. */
export type StreamPageParams = {
  /** The stage as the store knows it. */
  readonly stage: string;
  /** Where the chunks are, once that is known; null for the place where this run's are. */
  readonly folder: string | null;
  /** What the page before gave as `next`; null for the first one. */
  readonly cursor: Json;
  /** Most items of a page. */
  readonly most: number;
  /** How long is waited for the first item; 0 when nothing more will come. */
  readonly wait_ms: number;
};

/**
 * Output of the same. `is_over` says that the stage has given its last chunk, which counts only once the stage has
 * succeeded; `read` is how many chunks there were up to here.
 */
export type StreamPage = {
  readonly items: readonly Json[];
  readonly next: Json;
  readonly read: number;
  readonly is_over: boolean;
};

/** Params of the activity that keeps results of consecutive items, in input order, null for a failed one. */
export type CollectPartParams = { readonly results: readonly Json[] };

/** A piece of a collected file: JSON Lines in the store. */
export type CollectedPart = {
  readonly sha256: string;
  readonly size_bytes: number;
  /** Lines in it. */
  readonly count: number;
};

/** Params of the activity that makes one file of parts, in this order. */
export type CollectFileParams = {
  /** The file's name among the artifacts of the run. */
  readonly name: string;
  readonly parts: readonly CollectedPart[];
};

/** Params of the activity that reads results of consecutive items back, from position `first` on. */
export type ReadPartsParams = {
  readonly first: number;
  readonly count: number;
  /** With the position of their first line. Where they overlap, the first line that is not null counts. */
  readonly parts: ReadonlyArray<{ readonly first: number; readonly part: CollectedPart }>;
};

/** Output of the same. Line n of the file is the result of item n, null for a failed one. */
export type CollectedFile = { readonly file: ArtifactRef; readonly count: number };
