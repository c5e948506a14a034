import { DEFAULT_VERSION } from '../../shared/names.js';
import type { z } from 'zod';
import type { StageSpec } from '../define-stage.js';
import type { StageFunction } from '../stage-function.js';
import { findModel } from './find-model.js';
import { findRollback } from './find-rollback.js';
import { markModel } from './mark-model.js';
import type { ModelRegistry } from './model-registry.js';
import { moveModelAlias } from './move-model-alias.js';
import { registerModel } from './register-model.js';
import { rollBackModel } from './roll-back-model.js';

/** Like a stage function of a project, under a name that only built-in ones have. */
export type BuiltInSpec<P extends z.ZodType, O extends z.ZodType> = Required<
  Omit<StageSpec<P, O>, 'version' | 'chunk' | 'onRetry'>
>;

/**
 * The stage functions that every worker has. `models` is asked for when one of them runs; where they are only looked
 * up, it need not be there.
 */
export function builtInStages(models: () => ModelRegistry): ReadonlyMap<string, StageFunction> {
  const stages: readonly StageFunction[] = [
    complete(registerModel(models)),
    complete(findModel(models)),
    complete(moveModelAlias(models)),
    complete(findRollback(models)),
    complete(rollBackModel(models)),
    complete(markModel(models)),
  ];
  return new Map(stages.map((stage) => [stage.name, stage]));
}

function complete<P extends z.ZodType, O extends z.ZodType>(spec: BuiltInSpec<P, O>): StageFunction {
  return { ...spec, version: DEFAULT_VERSION };
}
