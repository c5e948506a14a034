import { planLevels } from '../../engine/levels.js';
import type { Plan } from '../../engine/plan.js';
import type { GraphEdge, GraphModel, GraphNode } from './graph-model.js';

/**
 * Pipelines as something to draw: an arrow goes from what comes first. Solid: the other one requires it, or a dataset of
 * it. Dashed: the other one calls it. What is required and not among the plans is drawn too. Throws on a circle.
 */
export function pipelinesModel(given: readonly Plan[]): GraphModel {
  const plans = new Map<string, Plan>();
  for (const plan of given) {
    plans.set(plan.pipeline, plan);
    for (const child of Object.values(plan.pipelines))
      if (!plans.has(child.pipeline)) plans.set(child.pipeline, child);
  }
  const keyOf = new Map(given.flatMap((plan) => Object.entries(plan.pipelines)));
  const edges = [...plans.values()].flatMap((plan) => edgesTo(plan, [...plans.values()], keyOf));
  const names = [...new Set([...plans.keys(), ...edges.map(({ from }) => from)])];
  const nodes = names.map((id) => ({
    id,
    depends_on: edges.flatMap(({ from, to }) => (to === id && from !== id ? [from] : [])),
  }));
  return {
    title: given.map(({ pipeline }) => pipeline).join(', '),
    waves: planLevels(nodes).map((level) => level.map((name) => nodeOf(name, plans.get(name)))),
    edges,
    hooks: [],
  };
}

function edgesTo(
  plan: Plan,
  plans: readonly Plan[],
  called: ReadonlyMap<string, Plan>,
): readonly GraphEdge[] {
  const to = plan.pipeline;
  const edge = (from: string, isImplied: boolean): GraphEdge => ({
    from,
    to,
    isImplied,
    isStream: false,
    isCritical: false,
  });
  const required = plan.requires.flatMap((requirement) => {
    if ('pipeline' in requirement) return [requirement.pipeline];
    const providers = plans.filter(({ provides = [] }) => provides.includes(requirement.dataset));
    return providers.length === 0
      ? [`dataset ${requirement.dataset}`]
      : providers.map(({ pipeline }) => pipeline);
  });
  const children = plan.stages.flatMap(({ action }) =>
    action.kind === 'pipeline' ? [called.get(action.pipeline)?.pipeline ?? action.pipeline] : [],
  );
  return [
    ...[...new Set(required)].map((from) => edge(from, false)),
    ...[...new Set(children)].filter((from) => !required.includes(from)).map((from) => edge(from, true)),
  ];
}

function nodeOf(key: string, plan: Plan | undefined): GraphNode {
  const provides = plan?.provides ?? [];
  return {
    key,
    name: key,
    kind: 'pipeline',
    detail: plan === undefined ? 'not among these files' : plan.version,
    notes: provides.length === 0 ? [] : [`provides ${provides.join(', ')}`],
    condition: null,
    off: null,
    isCritical: false,
  };
}
