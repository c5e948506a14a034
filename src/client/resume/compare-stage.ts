import type { Plan, StagePlan } from '../../engine/plan.js';
import type { StageResult } from '../../engine/result.js';
import type { Scope } from '../../expressions/scope.js';
import { resolveTemplate } from '../../expressions/template.js';
import type { Json } from '../../shared/json.js';
import { DEFAULT_VERSION } from '../../shared/names.js';
import { differences, isSame, tellDifference } from './differences.js';
import { everNew, namesRead, valueOf, volatileName } from './names-read.js';
import type { StageVerdict } from './verdict.js';

export type Because = Omit<StageVerdict, 'verdict'>;

/** A stage in one of the two runs: its plan, the plan around it, and the values that its expressions see. */
export type StageSide = { readonly stage: StagePlan; readonly plan: Plan; readonly scope: Scope };

/** Versions of stage functions by name. */
export type Versions = ReadonlyMap<string, string>;

/**
 * Why a stage that ended well would not end in the same way again, or null. Only what decides about its output
 * counts: not its retries, time limits, queues and names.
 */
export function changeOf(
  before: StageSide,
  after: StageSide,
  { result, versions }: { readonly result: StageResult; readonly versions: Versions | null },
): Because | null {
  return shapeChange(before, after) ?? versionChange(after, result, versions) ?? workChange(before, after);
}

function shapeChange(before: StageSide, after: StageSide): Because | null {
  const [was, is] = [before.stage, after.stage];
  if (was.action.kind !== is.action.kind) {
    return {
      reason: 'definition',
      detail: `it was a \`${was.action.kind}\` stage and is a \`${is.action.kind}\` stage`,
    };
  }
  for (const key of ['depends_on', 'artifacts'] as const) {
    if (!isSame(was[key].toSorted(), is[key].toSorted()))
      return { reason: 'definition', detail: `its \`${key}\` changed` };
  }
  const [change] = differences('map', mapShape(was), mapShape(is));
  if (change !== undefined) return { reason: 'definition', detail: tellDifference(change) };
  const child = childPlans(after);
  return isSame(childPlans(before), child)
    ? null
    : { reason: 'definition', detail: `the pipeline "${child[0]?.pipeline ?? ''}" that it runs changed` };
}

/** What of a fan-out decides about its results; how many items run at once does not. */
function mapShape({ map }: StagePlan): unknown {
  if (map === null) return null;
  const { over, max_concurrency: _concurrency, ...rest } = map;
  return { ...rest, over: over.type };
}

/** The pipeline that a stage runs and all that those below run. */
function childPlans({ stage, plan }: StageSide, seen: ReadonlySet<string> = new Set()): readonly Plan[] {
  if (stage.action.kind !== 'pipeline' || seen.has(stage.action.pipeline)) return [];
  const child = plan.pipelines[stage.action.pipeline];
  if (child === undefined) return [];
  const known = new Set(seen).add(stage.action.pipeline);
  const below = child.stages.flatMap((inner) =>
    childPlans({ stage: inner, plan, scope: {} as Scope }, known),
  );
  return [{ ...child, pipelines: {} }, ...below];
}

function versionChange(side: StageSide, result: StageResult, versions: Versions | null): Because | null {
  if (versions === null) return null;
  for (const name of functionsOf(side)) {
    const is = versions.get(name);
    const was = result.versions?.[name] ?? DEFAULT_VERSION;
    if (is !== undefined && is !== was)
      return { reason: 'version', detail: `the function "${name}" was version ${was} and is ${is}` };
  }
  return null;
}

function functionsOf(side: StageSide): readonly string[] {
  const own = (stage: StagePlan): readonly string[] =>
    stage.action.kind === 'uses' ? [stage.action.uses] : [];
  return [...own(side.stage), ...childPlans(side).flatMap((child) => child.stages.flatMap(own))];
}

function workChange(before: StageSide, after: StageSide): Because | null {
  const names = namesRead(after.stage).work;
  const volatile = volatileName(names);
  if (volatile !== null) return { reason: 'inputs', detail: `it reads ${everNew(volatile)}` };
  const isBare = after.stage.action.kind === 'gate' || after.stage.map !== null;
  if (!isBare) return resolvedChange(before, after);
  const [text] = differences('', workText(before.stage), workText(after.stage));
  if (text !== undefined) return { reason: 'definition', detail: tellDifference(text) };
  for (const use of names) {
    const path = [use.root, ...use.path.map(({ name }) => name)].join('.');
    const [change] = differences(path, valueOf(use, before.scope), valueOf(use, after.scope));
    if (change !== undefined) return { reason: 'inputs', detail: tellDifference(change) };
  }
  return null;
}

function resolvedChange(before: StageSide, after: StageSide): Because | null {
  const [was, is] = [workText(before.stage), workText(after.stage)];
  try {
    const [change] = differences('', resolveTemplate(was, before.scope), resolveTemplate(is, after.scope));
    if (change === undefined) return null;
    const reason = isSame(was, is) ? 'inputs' : 'definition';
    return { reason, detail: tellDifference({ ...change, path: change.path.replace(/^value\./, '') }) };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExpressionError') throw error;
    return { reason: 'inputs', detail: `what it is given cannot be computed: ${error.message}` };
  }
}

/** What a stage was given, with its expressions filled in; null where that cannot be told. Secrets stay names. */
export function givenTo({ stage, scope }: StageSide): Json {
  if (stage.action.kind === 'gate' || stage.map !== null) return workText(stage);
  try {
    return resolveTemplate(workText(stage), scope).value;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExpressionError') throw error;
    return null;
  }
}

/** What a stage does, without how long it may take and without the key of its pipeline, whose plan is compared itself. */
function workText({ action, map }: StagePlan): Json {
  const entries = Object.entries(action).filter(
    ([key]) => !key.endsWith('_ms') && !(action.kind === 'pipeline' && key === 'pipeline'),
  );
  return { ...Object.fromEntries(entries), ...(map === null ? {} : { over: map.over }) };
}
