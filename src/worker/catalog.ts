import type { StageFunction } from '../activities/stage-function.js';
import type { CatalogStage, StageCatalog } from '../definition/catalog.js';
import type { Json } from '../shared/json.js';

type Problem = ReturnType<CatalogStage['checkParams']>[number];

/** What the loader of definitions may ask about the stage functions of a configuration. */
export function createCatalog(
  stages: ReadonlyMap<string, StageFunction>,
  pipelines: ReadonlyMap<string, string>,
): StageCatalog {
  return { stages: new Map([...stages].map(([name, stage]) => [name, catalogStage(stage)])), pipelines };
}

function catalogStage(stage: StageFunction): CatalogStage {
  return {
    name: stage.name,
    version: stage.version,
    checkParams: (value) => checkParams(stage, value),
  };
}

function checkParams(stage: StageFunction, value: Json): readonly Problem[] {
  const issues = issuesOf(stage, value);
  const known = issues.filter((issue) => !dependsOnRun(issue.code, valueAt(value, issue.path)));
  return known.map((issue) => ({
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

// The shape of an object is known whatever its values will be; a rule over values that hold expressions is not.
function dependsOnRun(code: string, value: unknown): boolean {
  if (typeof value === 'string') return value.includes('${{');
  if (code === 'invalid_type' || code === 'unrecognized_keys') return false;
  return (
    typeof value === 'object' && value !== null && Object.values(value).some((item) => dependsOnRun('', item))
  );
}

function valueAt(value: Json, path: readonly PropertyKey[]): unknown {
  let current: unknown = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = Reflect.get(current, key);
  }
  return current;
}
