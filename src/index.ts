export { z } from 'zod';
export { cel } from './definition/builder/cel.js';
export { definePipeline } from './definition/builder/define-pipeline.js';
export type { PipelineHeader, PipelineParts } from './definition/builder/define-pipeline.js';
export type { Bindable, Expr, Ref } from './definition/builder/expr.js';
export type { Pipeline } from './definition/builder/pipeline.js';
export type { Stage } from './definition/builder/stage-types.js';
export { defineStage } from './activities/define-stage.js';
export type { StageSpec } from './activities/define-stage.js';
export { StageFailure } from './activities/stage-failure.js';
export type { StageFailureOptions } from './activities/stage-failure.js';
export type { ArtifactPointer } from './activities/read-artifact.js';
export type {
  StageArtifacts,
  StageContext,
  StageFunction,
  StageLogger,
} from './activities/stage-function.js';
export type { AttemptFacts, CompletedAttempt, FailedAttempt, StageHooks } from './activities/stage-hooks.js';
export type { Json, JsonObject } from './shared/json.js';
export type { ArtifactRef, RunFacts, SecretSlot, StageTask, TaskResult } from './shared/task.js';
export { defineConfig } from './worker/define-config.js';
export type { SluiceConfig } from './worker/config-schema.js';
export { memoize, type Memoized, type MemoizeOptions } from './activities/memoize.js';
