import type { StagePlan } from '../../engine/plan.js';
import type { Scope } from '../../expressions/scope.js';
import { resolveTemplate } from '../../expressions/template.js';
import type { Json, JsonObject } from '../../shared/json.js';
import { ACTIVITY } from '../../shared/names.js';
import type { SecretSlot } from '../../shared/task.js';

/** The activity that does what a stage says, with its expressions resolved. */
export type ActivityCall = {
  readonly type: string;
  readonly params: Json;
  readonly secretSlots: readonly SecretSlot[];
};

/** Kinds of stages that run as one activity and are asked for by {@link activityCall}. */
export function isActivityKind({ action }: StagePlan): boolean {
  return action.kind === 'uses' || action.kind === 'run' || action.kind === 'http';
}

/** Throws an `ExpressionError` when an expression cannot be evaluated. */
export function activityCall(stage: StagePlan, scope: Scope): ActivityCall {
  const { action } = stage;
  switch (action.kind) {
    case 'uses':
      return callOf(action.uses, resolveTemplate(action.with, scope));
    case 'http':
      return callOf(ACTIVITY.http, resolveTemplate(action.request, scope));
    case 'run': {
      const { command, env, cwd, grace_ms } = action;
      // A command given as a string is passed on as it is: the shell's `${}` stay its own.
      const isScript = typeof command === 'string';
      const { value, secretSlots } = resolveTemplate(isScript ? { env, cwd } : { command, env, cwd }, scope);
      const params = { ...(value as JsonObject), ...(isScript ? { command } : {}), grace_ms };
      return { type: ACTIVITY.run, params, secretSlots };
    }
    default:
      throw new Error(`Stage "${stage.id}" runs as no activity.`);
  }
}

function callOf(
  type: string,
  resolved: { readonly value: Json; readonly secretSlots: readonly SecretSlot[] },
): ActivityCall {
  return { type, params: resolved.value, secretSlots: resolved.secretSlots };
}
