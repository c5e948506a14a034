import { isJsonObject } from '../../shared/json.js';
import type { Json, JsonObject } from '../../shared/json.js';
import { TEST_SCRIPT } from './template.js';

/** A package.json, and which of its keys are new; none when the file needs no change. */
export type PackageChange = { readonly text: string; readonly added: readonly string[] };

/** What of a project its package.json names: the version of Sluice to depend on, and the pipeline to run. */
export type ProjectFacts = { readonly sluice: string; readonly pipeline: string };

/** What `npm init` writes where there is no test yet. */
const NO_TEST = /no test specified/;

/** The package.json of a project that has none. */
export function newPackageJson(name: string, { sluice, pipeline }: ProjectFacts): string {
  return format({
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    scripts: { start: startScript(pipeline), test: TEST_SCRIPT },
    dependencies: { sluice },
  });
}

/**
 * Adds what a project lacks and leaves all else as it is.
 * Throws a SyntaxError when the text is no JSON object.
 */
export function extendPackageJson(text: string, { sluice, pipeline }: ProjectFacts): PackageChange {
  const parsed = JSON.parse(text) as Json;
  if (!isJsonObject(parsed)) throw new SyntaxError('it must hold an object');
  const scripts = objectAt(parsed, 'scripts');
  const needsTest = lacksTest(scripts['test']);
  const needsSluice = !DEPENDENCIES.some((key) => objectAt(parsed, key)['sluice'] !== undefined);
  const added = [
    ...(parsed['type'] === undefined ? ['type'] : []),
    ...(scripts['start'] === undefined ? ['scripts.start'] : []),
    ...(needsTest ? ['scripts.test'] : []),
    ...(needsSluice ? ['dependencies.sluice'] : []),
  ];
  if (added.length === 0) return { text, added };
  const changed: JsonObject = {
    ...parsed,
    type: parsed['type'] ?? 'module',
    scripts: { start: startScript(pipeline), ...scripts, ...(needsTest ? { test: TEST_SCRIPT } : {}) },
    ...(needsSluice ? { dependencies: { ...objectAt(parsed, 'dependencies'), sluice } } : {}),
  };
  return { text: format(changed), added };
}

function startScript(pipeline: string): string {
  return `sluice run ${pipeline}`;
}

const DEPENDENCIES = ['dependencies', 'devDependencies', 'peerDependencies'] as const;

function objectAt(value: JsonObject, key: string): JsonObject {
  const found = value[key];
  return isJsonObject(found) ? found : {};
}

function lacksTest(script: Json | undefined): boolean {
  return script === undefined || (typeof script === 'string' && NO_TEST.test(script));
}

function format(value: JsonObject): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
