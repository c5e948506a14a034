import { isJsonObject } from '../../shared/json.js';
import type { Json, JsonObject } from '../../shared/json.js';
import { RUN_SCRIPT, TEST_SCRIPT } from './template.js';

/** A package.json, and which of its keys are new; none when the file needs no change. */
export type PackageChange = { readonly text: string; readonly added: readonly string[] };

/** What `npm init` writes where there is no test yet. */
const NO_TEST = /no test specified/;

/** The package.json of a project that has none. */
export function newPackageJson(name: string, sluice: string): string {
  return format({
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    scripts: { start: RUN_SCRIPT, test: TEST_SCRIPT },
    dependencies: { sluice },
  });
}

/** Adds what a project lacks and leaves all else as it is. Throws a SyntaxError when the text is not JSON. */
export function extendPackageJson(text: string): PackageChange {
  const parsed = JSON.parse(text) as Json;
  if (!isJsonObject(parsed)) throw new SyntaxError('package.json must hold an object');
  const scripts = isJsonObject(parsed['scripts']) ? parsed['scripts'] : {};
  const test = scripts['test'];
  const needsTest = test === undefined || (typeof test === 'string' && NO_TEST.test(test));
  const added = [
    ...(parsed['type'] === undefined ? ['type'] : []),
    ...(scripts['start'] === undefined ? ['scripts.start'] : []),
    ...(needsTest ? ['scripts.test'] : []),
  ];
  const changed: JsonObject = {
    ...parsed,
    type: parsed['type'] ?? 'module',
    scripts: { start: RUN_SCRIPT, ...scripts, ...(needsTest ? { test: TEST_SCRIPT } : {}) },
  };
  return added.length === 0 ? { text, added } : { text: format(changed), added };
}

function format(value: JsonObject): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
