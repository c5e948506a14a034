import { criticalPath } from '../../engine/critical-path.js';
import { planLevels } from '../../engine/levels.js';
import { streamedStage } from '../../engine/map-plan.js';
import type { HookName, Plan, StageKind, StagePlan } from '../../engine/plan.js';
import { describeAction, shorten } from './describe-action.js';
import { mapWords, poolWords } from './describe-map.js';

/** A plan as something to draw, without a word about how. */
export type GraphModel = {
  readonly title: string;
  /** One column each: stages that can run at the same time. */
  readonly waves: ReadonlyArray<readonly GraphNode[]>;
  readonly edges: readonly GraphEdge[];
  /** Stages that run after the end. */
  readonly hooks: readonly GraphHook[];
};

export type GraphHook = {
  readonly name: HookName;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
};

export type GraphNode = {
  /** Unique in the whole graph, hooks included. */
  readonly key: string;
  readonly name: string;
  readonly kind: StageKind;
  readonly detail: string;
  /** Further lines: what it runs for each of, and the pools that it takes slots of. */
  readonly notes: readonly string[];
  readonly condition: string | null;
  /** Null when it runs; else why it does not. */
  readonly off: 'disabled' | 'mode' | null;
  readonly isCritical: boolean;
};

export type GraphEdge = {
  readonly from: string;
  readonly to: string;
  /** The dependency comes from an expression, not from `depends_on`. */
  readonly isImplied: boolean;
  /** The second stage starts with the first one: its map goes over the chunks of it. */
  readonly isStream: boolean;
  readonly isCritical: boolean;
};

const HOOKS: readonly HookName[] = ['on_success', 'on_failure', 'finally'];
const DETAIL_LENGTH = 40;
const CONDITION_LENGTH = 60;

/** `mode` greys out the stages that it does not select. */
export function graphModel(plan: Plan, mode: string | null = null): GraphModel {
  const critical = new Map(criticalPath(plan.stages).map((id, position) => [id, position]));
  const selected = mode === null ? null : (plan.modes[mode]?.stages ?? null);
  const stageOf = new Map(plan.stages.map((stage) => [stage.id, stage]));
  const nodeOf = (id: string) => {
    const stage = stageOf.get(id);
    return stage === undefined ? [] : [toNode(stage, id, selected, critical.has(id))];
  };
  return {
    title: `${plan.pipeline} ${plan.version}`,
    waves: planLevels(plan.stages).map((level) => level.flatMap(nodeOf)),
    edges: plan.stages.flatMap((stage) => edgesOf(stage, '', critical)),
    hooks: HOOKS.filter((name) => plan.hooks[name].length > 0).map((name) => toHook(name, plan.hooks[name])),
  };
}

/** Expressions of a hook may name stages of the pipeline; only edges among the hook's own stages are drawn. */
function toHook(name: HookName, stages: readonly StagePlan[]): GraphHook {
  const own = new Set(stages.map((stage) => stage.id));
  const edges = stages.flatMap((stage) => edgesOf(stage, `${name}.`, new Map(), own));
  return { name, nodes: stages.map((stage) => toNode(stage, `${name}.${stage.id}`, null, false)), edges };
}

function toNode(
  stage: StagePlan,
  key: string,
  selected: readonly string[] | null,
  isCritical: boolean,
): GraphNode {
  const isSelected = selected === null || selected.includes(stage.id);
  return {
    key,
    name: shorten(stage.name, DETAIL_LENGTH),
    kind: stage.action.kind,
    detail: shorten(describeAction(stage.action), DETAIL_LENGTH),
    notes: notesOf(stage),
    condition: stage.condition === null ? null : shorten(stage.condition, CONDITION_LENGTH),
    off: !stage.enabled ? 'disabled' : isSelected ? null : 'mode',
    isCritical,
  };
}

function notesOf({ map, pools }: StagePlan): readonly string[] {
  return [
    ...(map === null ? [] : [shorten(`for ${mapWords(map)}`, CONDITION_LENGTH)]),
    ...(pools.length === 0 ? [] : [shorten(`pool ${poolWords(pools)}`, CONDITION_LENGTH)]),
  ];
}

function edgesOf(
  stage: StagePlan,
  prefix: string,
  critical: ReadonlyMap<string, number>,
  within?: ReadonlySet<string>,
): readonly GraphEdge[] {
  const position = critical.get(stage.id) ?? -1;
  return stage.depends_on
    .filter((need) => within === undefined || within.has(need))
    .map((need) => ({
      from: `${prefix}${need}`,
      to: `${prefix}${stage.id}`,
      isImplied: stage.implied.includes(need) && streamedStage(stage.map) !== need,
      isStream: streamedStage(stage.map) === need,
      isCritical: position > 0 && critical.get(need) === position - 1,
    }));
}
