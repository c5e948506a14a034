import { stageLevels } from './levels.js';
import type { Plan, StagePlan } from './plan.js';

/** What one item of a fan-out costs the workflow that runs it: about how many activities, in all and at once. */
export type ItemWeight = { readonly activities: number; readonly parallel: number };

/** Items that a fan-out inside a fan-out is taken to have where only the run will know. */
const ASSUMED_ITEMS = 10;
const DEEPEST = 20;

/** Weighs the work of a stage without its own fan-out; never less than one activity. */
export function itemWeight(stage: StagePlan, pipelines: Readonly<Record<string, Plan>>): ItemWeight {
  const { activities, parallel } = weightOf(stage, pipelines, 0);
  return { activities: Math.max(1, activities), parallel: Math.max(1, parallel) };
}

function weightOf(stage: StagePlan, pipelines: Readonly<Record<string, Plan>>, depth: number): ItemWeight {
  const { action } = stage;
  if (action.kind === 'set' || action.kind === 'gate') return { activities: 0, parallel: 0 };
  const plan = action.kind === 'pipeline' ? pipelines[action.pipeline] : undefined;
  return plan === undefined || depth >= DEEPEST
    ? { activities: 1, parallel: 1 }
    : planWeight(plan, pipelines, depth + 1);
}

function planWeight(plan: Plan, pipelines: Readonly<Record<string, Plan>>, depth: number): ItemWeight {
  const levels = stageLevels(plan.stages);
  const atOnce = new Map<number, number>();
  let activities = 0;
  for (const stage of plan.stages) {
    const own = withFanOut(stage, weightOf(stage, pipelines, depth));
    const level = levels.get(stage.id) ?? 1;
    activities += own.activities;
    atOnce.set(level, (atOnce.get(level) ?? 0) + own.parallel);
  }
  const { on_success, on_failure, finally: always } = plan.hooks;
  const hooks = Math.max(on_success.length, on_failure.length) + always.length;
  const widest = Math.max(0, ...atOnce.values());
  return { activities: activities + hooks, parallel: Math.min(widest, plan.max_parallel_stages ?? widest) };
}

function withFanOut(stage: StagePlan, each: ItemWeight): ItemWeight {
  if (stage.map === null) return each;
  const { over, batch_size, max_concurrency } = stage.map;
  const items = over.type === 'list' && Array.isArray(over.list) ? over.list.length : ASSUMED_ITEMS;
  const calls = Math.ceil(
    (over.type === 'range' && typeof over.range === 'number' ? over.range : items) / batch_size,
  );
  return {
    activities: calls * each.activities,
    parallel: Math.min(calls, max_concurrency ?? calls) * each.parallel,
  };
}
