import type { Plan } from '../engine/plan.js';
import { isJsonObject, type Json, type JsonObject } from '../shared/json.js';
import type { StageCatalog } from './catalog.js';
import { checkAlerts } from './check/check-alerts.js';
import { checkGraph } from './check/check-graph.js';
import { checkHeader } from './check/check-header.js';
import { checkMappedPipeline } from './check/check-mapped-pipeline.js';
import { checkChildInputs, checkStageFunction } from './check/check-params.js';
import { checkRecovery } from './check/check-recovery.js';
import { checkPools } from './check/check-pools.js';
import { checkSchedules } from './check/check-schedules.js';
import { checkRequires } from './check/check-requires.js';
import { checkStage } from './check/check-stage.js';
import { checkStreams } from './check/check-streams.js';
import { checkSteering } from './check/check-steering.js';
import { collectNames } from './check/names.js';
import type { Child } from './children.js';
import { allStages, type Draft } from './draft.js';
import { type Env, expandEnv } from './expand-env.js';
import { buildPools } from './plan/build-pools.js';
import { buildPlan } from './plan/build-plan.js';
import type { Problem } from './problem.js';
import { readDraft } from './read-draft.js';
import { type Locate, nowhere, Reporter } from './reporter.js';
import { shown } from './schema/report-issues.js';
import { sourceOfValue } from './source/source-of-value.js';
import { listNames } from './suggest.js';

export type CompileOptions = {
  /** Null when stage functions are not known; `uses` and `with` are then not checked. */
  readonly catalog: StageCatalog | null;
  readonly env: Env;
  /** Name of the file in problems. @default "definition" */
  readonly file?: string;
  /** Finds positions; without it problems carry paths only. */
  readonly locate?: Locate;
  /** Child pipelines by what `pipeline` stages say; see `loadChildren`. */
  readonly children?: ReadonlyMap<string, Child>;
};

export type CompileOutcome = { readonly plan: Plan | null; readonly problems: readonly Problem[] };

/** Checks a plain-object definition and makes its plan: null when there is any error. Never throws on bad input. */
export function compileDefinition(value: unknown, options: CompileOptions): CompileOutcome {
  const source = sourceOfValue(value);
  if ('value' in source && source.value !== undefined) return compileJson(source.value, options);
  const reporter = new Reporter();
  if ('code' in source) reporter.report({ ...source, path: [] });
  return { plan: null, problems: reporter.problems(options.file ?? 'definition', options.locate ?? nowhere) };
}

/** {@link compileDefinition} for what was read from a text. */
export function compileJson(value: Json, options: CompileOptions): CompileOutcome {
  const reporter = new Reporter();
  const plan = isJsonObject(value) ? compileObject(value, options, reporter) : null;
  if (!isJsonObject(value)) {
    const message = `a definition must be an object with \`name\` and \`stages\`, got ${shown(value)}`;
    reporter.report({ code: 'not-an-object', path: [], message });
  }
  return { plan, problems: reporter.problems(options.file ?? 'definition', options.locate ?? nowhere) };
}

function compileObject(raw: JsonObject, options: CompileOptions, reporter: Reporter): Plan | null {
  const { catalog, env, children = new Map<string, Child>() } = options;
  const draft = readDraft(raw, reporter);
  const names = collectNames(draft);
  checkHeader(draft, names, reporter);
  const entries = allStages(draft);
  const uses = new Map(entries.map((entry) => [entry, checkStage(entry, names, reporter)]));
  for (const entry of entries) checkRecovery(entry, names, reporter);
  checkSteering(draft, reporter);
  checkSchedules(draft, reporter);
  checkRequires(draft, reporter);
  checkPools(draft, catalog, reporter);
  checkAlerts(draft, names, catalog, reporter);
  const edges = checkGraph(draft, uses, names, reporter);
  checkStreams(draft, uses, catalog, reporter);
  for (const entry of entries) checkStageFunction(entry, catalog, reporter);
  checkChildren(draft, children, catalog, reporter);
  const variables = expandEnv(draft.header.variables ?? {}, ['variables'], env, reporter);
  const modeVariables = expandModes(draft, env, reporter);
  if (reporter.hasErrors || [...children.values()].some((child) => child.plan === null)) return null;
  const pipelineKeys = new Map([...children].map(([reference, child]) => [reference, child.key]));
  const pools = buildPools(draft, catalog);
  return buildPlan({ draft, pools, edges, variables, modeVariables, pipelineKeys, pipelines: {} });
}

function expandModes(draft: Draft, env: Env, reporter: Reporter): ReadonlyMap<string, JsonObject> {
  const modes = Object.entries(draft.header.modes ?? {});
  return new Map(
    modes.map(([name, { variables = {} }]) => {
      return [name, expandEnv(variables, ['modes', name, 'variables'], env, reporter)];
    }),
  );
}

function checkChildren(
  draft: Draft,
  children: ReadonlyMap<string, Child>,
  catalog: StageCatalog | null,
  reporter: Reporter,
): void {
  for (const entry of allStages(draft)) {
    const { pipeline } = entry.data;
    const child = pipeline === undefined || entry.kind !== 'pipeline' ? undefined : children.get(pipeline);
    if (child === undefined) continue;
    if (child.inputs !== null) checkChildInputs(entry, child.inputs, reporter);
    checkMappedPipeline(entry, child, reporter);
    if (child.fault === null) continue;
    const known = [...(catalog?.pipelines.keys() ?? [])].toSorted();
    const names =
      child.fault.code === 'unknown-pipeline' && known.length > 0 ? ` Configured: ${listNames(known)}.` : '';
    const { code, message, suggestion } = child.fault;
    const path = [...entry.path, 'pipeline'];
    reporter.report({ code, path, message: `${message}${names}`, stage: entry.label, suggestion });
  }
}
