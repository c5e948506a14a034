import type { PoolSpec } from '../engine/stage-extras.js';
import type { Json } from '../shared/json.js';

/** What the loader knows about stage functions and configured pipelines, without running them. */
export type StageCatalog = {
  /** Names of the registered stage functions. */
  readonly stages: ReadonlyMap<string, CatalogStage>;
  /** Files of pipelines that definitions may name instead of giving a path; absolute paths. */
  readonly pipelines: ReadonlyMap<string, string>;
  /** Pools that are configured; absent where nobody knows, and then any pool may be named. */
  readonly pools?: ReadonlyMap<string, PoolSpec>;
  /** Names of the channels that are configured; absent where nobody knows, and then any may be named. */
  readonly channels?: ReadonlySet<string>;
};

export type CatalogStage = {
  readonly name: string;
  readonly version: string;
  /** False where it is known that the function gives no chunks. */
  readonly streams?: boolean;
  /** Problems of `with`, as path and message. Values that only a run knows are left out of the check. */
  checkParams(
    value: Json,
  ): ReadonlyArray<{ readonly path: readonly (string | number)[]; readonly message: string }>;
};
