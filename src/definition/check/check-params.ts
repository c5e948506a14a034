import { inputViolations } from '../../engine/check-inputs.js';
import type { InputSpec } from '../../engine/plan.js';
import { hasExpression } from '../../expressions/inspect.js';
import type { JsonObject } from '../../shared/json.js';
import { BUILT_IN_PREFIX } from '../../shared/names.js';
import type { StageCatalog } from '../catalog.js';
import type { StageEntry } from '../draft.js';
import type { Path, Reporter, Suggestion } from '../reporter.js';
import { valueAt } from '../schema/report-issues.js';
import { listNames, suggest } from '../suggest.js';
import { forEachString } from './check-template.js';

type Target = { readonly uses: string; readonly with: JsonObject | undefined; readonly path: Path };

/** Checks that the stage functions a stage names exist, and that literal params fit their schemas. */
export function checkStageFunction(
  entry: StageEntry,
  catalog: StageCatalog | null,
  reporter: Reporter,
): void {
  const { data, path, kind } = entry;
  if (catalog === null) return;
  if (kind === 'uses' && data.uses !== undefined) {
    checkTarget({ uses: data.uses, with: data.with, path }, entry, catalog, reporter);
  }
  const wait = data.wait_for;
  if (wait?.uses !== undefined) {
    checkTarget({ uses: wait.uses, with: wait.with, path: [...path, 'wait_for'] }, entry, catalog, reporter);
  }
  const over = data.map?.over;
  if (typeof over === 'object' && 'uses' in over) {
    // The cursor is known only when the run asks for a page.
    const given = { ...over.with, cursor: '${{ null }}' };
    checkTarget({ uses: over.uses, with: given, path: [...path, 'map', 'over'] }, entry, catalog, reporter);
  }
  checkCanaryFunctions(entry, catalog, reporter);
  for (const key of ['fallback', 'undo'] as const) {
    const target = data[key];
    if (target?.uses === undefined) continue;
    checkTarget({ uses: target.uses, with: target.with, path: [...path, key] }, entry, catalog, reporter);
  }
}

function checkCanaryFunctions(entry: StageEntry, catalog: StageCatalog, reporter: Reporter): void {
  const { target, kpis = [] } = entry.data.canary ?? {};
  const at = [...entry.path, 'canary'];
  if (target?.uses !== undefined) {
    checkTarget({ uses: target.uses, with: target.with, path: [...at, 'target'] }, entry, catalog, reporter);
  }
  for (const [i, kpi] of kpis.entries()) {
    if (kpi.uses === undefined) continue;
    checkTarget({ uses: kpi.uses, with: kpi.with, path: [...at, 'kpis', i] }, entry, catalog, reporter);
  }
}

function checkTarget(target: Target, entry: StageEntry, catalog: StageCatalog, reporter: Reporter): void {
  const known = catalog.stages.get(target.uses);
  if (known === undefined) {
    const isBuiltIn = target.uses.startsWith(BUILT_IN_PREFIX);
    // A worker in another language may serve it.
    if ((entry.data.task_queue !== undefined && !isBuiltIn) || hasExpression(target.uses)) return;
    const names = [...catalog.stages.keys()].toSorted();
    reporter.report({
      code: 'unknown-stage-function',
      path: [...target.path, 'uses'],
      message: `uses "${target.uses}", which is not a registered stage function. Registered: ${listNames(names)}.`,
      stage: entry.label,
      suggestion: () => suggest(target.uses, names),
    });
    return;
  }
  const params = target.with ?? {};
  const unknown = expressionPaths(params);
  for (const problem of known.checkParams(params)) {
    if (isCertain(problem, unknown)) reportParam(problem, params, target, entry, reporter);
  }
}

type ParamProblem = { readonly path: Path; readonly message: string };

function reportParam(
  problem: ParamProblem,
  params: JsonObject,
  target: Target,
  entry: StageEntry,
  reporter: Reporter,
): void {
  const at = ['with', ...problem.path];
  const report = (path: Path, message: string, key = false): void => {
    const place = [...target.path, ...path];
    reporter.report({ code: 'bad-params', path: place, key, message, stage: entry.label });
  };
  const extra = unknownKeys(problem.message);
  for (const key of extra) {
    report([...at, key], `\`${[...at, key].join('.')}\` is not a param of "${target.uses}"`, true);
  }
  if (extra.length > 0) return;
  if (problem.path.length > 0 && valueAt(params, problem.path) === undefined) {
    report(at, `\`${at.join('.')}\` is missing, "${target.uses}" needs it`);
  } else {
    report(at, `\`${at.join('.')}\` does not fit the params of "${target.uses}": ${problem.message}`);
  }
}

/** The keys that zod's message about keys too many names. */
function unknownKeys(message: string): readonly string[] {
  if (!message.startsWith('Unrecognized key')) return [];
  return [...message.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? '');
}

/** Paths of the values that only a run knows. */
function expressionPaths(params: JsonObject): readonly Path[] {
  const paths: Path[] = [];
  forEachString(params, [], hasExpression, (_text, path) => paths.push(path));
  return paths;
}

/** A problem counts when no value behind it is still unknown; a key too many is always one. */
function isCertain(problem: ParamProblem, unknown: readonly Path[]): boolean {
  if (problem.message.startsWith('Unrecognized key')) return true;
  return !unknown.some((path) => startsWith(path, problem.path) || startsWith(problem.path, path));
}

function startsWith(path: Path, prefix: Path): boolean {
  return prefix.every((step, i) => String(path[i]) === String(step));
}

/** Checks literal inputs of a child pipeline against what it declares, and that required ones are there. */
export function checkChildInputs(
  entry: StageEntry,
  inputs: Readonly<Record<string, InputSpec>>,
  reporter: Reporter,
): void {
  const given = entry.data.with ?? {};
  const names = Object.keys(inputs);
  const child = entry.data.pipeline ?? '';
  const report = (
    path: Path,
    message: string,
    extra: { key?: boolean; suggestion?: Suggestion } = {},
  ): void => {
    reporter.report({
      code: 'bad-params',
      path: [...entry.path, ...path],
      message,
      stage: entry.label,
      ...extra,
    });
  };
  for (const [name, value] of Object.entries(given)) {
    const spec = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (spec === undefined) {
      const message = `\`with.${name}\` is not an input of "${child}". Inputs: ${listNames(names)}.`;
      report(['with', name], message, { key: true, suggestion: () => suggest(name, names) });
    } else if (expressionPaths({ value }).length === 0 && !(value === null && !spec.required)) {
      for (const message of inputViolations(spec, value))
        report(['with', name], `\`with.${name}\` ${message}`);
    }
  }
  for (const [name, spec] of Object.entries(inputs)) {
    if (!spec.required || spec.default !== undefined || Object.hasOwn(given, name)) continue;
    report(['pipeline'], `must give "${child}" its required input "${name}" in \`with\``);
  }
}
