import { isPipeline } from '../builder/pipeline.js';
import { importModule } from './import-module.js';
import type { Place } from '../reporter.js';
import type { ParsedSource } from './parse-source.js';
import { sourceOfValue, type Unreadable } from './source-of-value.js';

/** True for files that are imported, not parsed. */
export function isModuleFile(file: string): boolean {
  return /\.[cm]?[jt]s$/.test(file);
}

/** Imports a file whose default export was made with `definePipeline`. Never throws: what is wrong is the result. */
export async function importSource(file: string): Promise<ParsedSource | Unreadable> {
  try {
    const loaded: unknown = await importModule(file);
    const found = hasDefault(loaded) ? loaded.default : undefined;
    return isPipeline(found) ? sourceOfValue(found) : { code: 'no-pipeline', message: noPipeline(found) };
  } catch (error) {
    return {
      code: 'module-failed',
      message: `the file cannot be loaded: ${reasonOf(error, file)}`,
      place: placeOf(error, file),
    };
  }
}

function hasDefault(loaded: unknown): loaded is { readonly default: unknown } {
  return typeof loaded === 'object' && loaded !== null && 'default' in loaded;
}

function noPipeline(found: unknown): string {
  const wanted = 'write `export default definePipeline(…)`';
  if (found === undefined) return `the file has no default export; ${wanted}`;
  const what = found === null ? 'null' : Array.isArray(found) ? 'a list' : `a value of type ${typeof found}`;
  return `the default export is ${what}, not a pipeline; ${wanted}`;
}

function reasonOf(error: unknown, file: string): string {
  if (!(error instanceof Error)) return String(error);
  // A syntax error names the place in its message, over several lines.
  const message = error.message.split(`${file}:`).join('\n').split('\n')[0]?.trim() ?? '';
  return error.name === 'Error' ? message : `${error.name}: ${message}`;
}

/** The line of the file that was at work. Its columns are those of what was made of it to run. */
function placeOf(error: unknown, file: string): Place {
  const told = error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : '';
  const [, rest = ''] = told.split(`${file}:`);
  return { line: Math.max(Number.parseInt(rest, 10) || 1, 1), column: 1 };
}
