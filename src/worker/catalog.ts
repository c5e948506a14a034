import { types } from 'node:util';
import { builtInStages } from '../activities/models/built-in-stages.js';
import type { StageFunction } from '../activities/stage-function.js';
import type { CatalogStage, StageCatalog } from '../definition/catalog.js';
import type { PoolSpec } from '../engine/stage-extras.js';
import type { Json } from '../shared/json.js';

type Problem = ReturnType<CatalogStage['checkParams']>[number];

/** Nobody runs a stage to look up what it takes. */
const BUILT_IN = builtInStages(() => {
  throw new Error('The catalog runs no stages.');
});

/** What the loader of definitions may ask about the stage functions of a configuration, and about the built-in ones. */
export function createCatalog(
  stages: ReadonlyMap<string, StageFunction>,
  pipelines: ReadonlyMap<string, string>,
  pools: ReadonlyMap<string, PoolSpec>,
): StageCatalog {
  return {
    stages: new Map([...BUILT_IN, ...stages].map(([name, stage]) => [name, catalogStage(stage)])),
    pipelines,
    pools,
  };
}

function catalogStage(stage: StageFunction): CatalogStage {
  const { name, version } = stage;
  return { name, version, streams: mayStream(stage), checkParams: (value) => checkParams(stage, value) };
}

/** A plain function may return a generator too, and then says what its chunks are. */
function mayStream({ run, chunk, onRetry }: StageFunction): boolean {
  return chunk !== undefined || onRetry !== undefined || types.isGeneratorFunction(run);
}

function checkParams(stage: StageFunction, value: Json): readonly Problem[] {
  return issuesOf(stage, value).map((issue) => ({
    path: issue.path.filter((key) => typeof key !== 'symbol'),
    message: issue.message,
  }));
}

type Issue = NonNullable<ReturnType<StageFunction['params']['safeParse']>['error']>['issues'][number];

// A schema with asynchronous checks cannot be asked here; its stage checks the params when it runs.
function issuesOf(stage: StageFunction, value: Json): readonly Issue[] {
  try {
    return stage.params.safeParse(value).error?.issues ?? [];
  } catch {
    return [];
  }
}
