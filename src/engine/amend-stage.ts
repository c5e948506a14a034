import { isJsonObject, type Json } from '../shared/json.js';
import type { RetryPlan, StageAction, StagePlan, Template } from './plan.js';

/** What may be changed about a stage that has not started. */
export type StageChange = {
  readonly params?: unknown;
  readonly retry?: unknown;
  readonly timeout_ms?: unknown;
};

/** The stage with the changes made, or what is wrong with them. */
export function amendStage(stage: StagePlan, change: StageChange): StagePlan | string {
  let amended: StagePlan | string = stage;
  if (change.params !== undefined) amended = withParams(amended, change.params);
  if (typeof amended !== 'string' && change.retry !== undefined) amended = withRetry(amended, change.retry);
  if (typeof amended !== 'string' && change.timeout_ms !== undefined) {
    amended = withTimeout(amended, change.timeout_ms);
  }
  return amended;
}

/**
 * The stage with params that replace some of its own: those of `uses` and `pipeline`, the environment of `run`. Values
 * are taken as they are: an expression in one is refused, since nobody checked it. Gives what is wrong otherwise.
 */
export function withParams(stage: StagePlan, params: unknown): StagePlan | string {
  if (!isJsonObject(params)) return 'params must be an object of names and values';
  const bad = Object.entries(params).find(([, value]) => holdsExpression(value));
  if (bad !== undefined) return `"${bad[0]}" holds an expression; give the value itself`;
  const action = changed(stage.action, params);
  return typeof action === 'string' ? action : { ...stage, action };
}

/** The params of a stage as its plan has them; null for kinds without params. */
export function paramsOf({ action }: StagePlan): Json {
  switch (action.kind) {
    case 'uses':
    case 'pipeline':
      return action.with;
    case 'run':
      return action.env;
    case 'wait_for':
      return action.target.type === 'uses' ? action.target.with : null;
    default:
      return null;
  }
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
      if (odd !== undefined) return `"${odd[0]}" sets an environment variable, which holds plain text`;
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

/** How a value of each retry setting looks. */
const RETRY_FORMS: Readonly<Record<keyof RetryPlan, readonly [be: string, is: (value: unknown) => boolean]>> =
  {
    max_attempts: ['a whole number of at least 0', (value) => isNumber(value, 0) && Number.isInteger(value)],
    initial_delay_ms: ['milliseconds of at least 0', (value) => isNumber(value, 0)],
    backoff: ['a number of at least 1', (value) => isNumber(value, 1)],
    max_delay_ms: ['milliseconds of at least 0', (value) => isNumber(value, 0)],
    retryable_errors: ['a list of error types', isTexts],
    non_retryable_errors: ['a list of error types', isTexts],
  };

function withRetry(stage: StagePlan, retry: unknown): StagePlan | string {
  if (!isJsonObject(retry)) return 'retry must be an object of settings';
  if (runsInWorkflow(stage)) return `a \`${stage.action.kind}\` stage has no attempts`;
  for (const [key, value] of Object.entries(retry)) {
    const form = Object.hasOwn(RETRY_FORMS, key) ? RETRY_FORMS[key as keyof RetryPlan] : undefined;
    if (form === undefined) {
      return `retry has no setting "${key}"; it has ${Object.keys(RETRY_FORMS).join(', ')}`;
    }
    if (!form[1](value)) return `retry.${key} must be ${form[0]}, got \`${JSON.stringify(value)}\``;
  }
  return { ...stage, retry: { ...stage.retry, ...(retry as Partial<RetryPlan>) } };
}

function withTimeout(stage: StagePlan, timeout: unknown): StagePlan | string {
  if (!isNumber(timeout, 1))
    return `timeout_ms must be milliseconds above 0, got \`${JSON.stringify(timeout)}\``;
  if (runsInWorkflow(stage)) return `a \`${stage.action.kind}\` stage has no timeout`;
  return { ...stage, timeout_ms: Number(timeout) };
}

function runsInWorkflow({ action }: StagePlan): boolean {
  return !['uses', 'run', 'http', 'pipeline', 'wait_for'].includes(action.kind);
}

function isNumber(value: unknown, minimum: number): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= minimum;
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
