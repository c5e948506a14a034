import { isJsonObject, type Json } from '../shared/json.js';
import type { StageAction, StagePlan, Template } from './plan.js';

/**
 * The stage with params that replace some of its own: those of `uses` and `pipeline`, the environment of `run`. Values
 * are taken as they are: an expression in one is refused, since nobody checked it. Gives what is wrong otherwise.
 */
export function withParams(stage: StagePlan, params: unknown): StagePlan | string {
  if (!isJsonObject(params)) return 'they must be an object of names and values';
  const bad = Object.entries(params).find(([, value]) => holdsExpression(value));
  if (bad !== undefined) return `"${bad[0]}" holds an expression; give the value itself`;
  const action = changed(stage.action, params);
  return typeof action === 'string' ? action : { ...stage, action };
}

function changed(action: StageAction, params: { readonly [name: string]: Json }): StageAction | string {
  switch (action.kind) {
    case 'uses':
    case 'pipeline':
      return { ...action, with: merged(action.with, params) };
    case 'wait_for':
      if (action.target.type !== 'uses') break;
      return { ...action, target: { ...action.target, with: merged(action.target.with, params) } };
    case 'run': {
      const odd = Object.entries(params).find(([, value]) => typeof value === 'object');
      if (odd !== undefined)
        return `"${odd[0]}" sets a variable of the command's environment, which is no object`;
      return { ...action, env: { ...action.env, ...params } };
    }
    default:
  }
  return `a \`${action.kind}\` stage has no params`;
}

function merged(own: Template, params: { readonly [name: string]: Json }): Template {
  return isJsonObject(own) ? { ...own, ...params } : params;
}

function holdsExpression(value: Json): boolean {
  if (typeof value === 'string') return value.includes('${{');
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsExpression);
}
