import { stringify } from 'yaml';
import { isJsonObject, type Json } from '../shared/json.js';
import type { Pipeline } from './builder/pipeline.js';
import { readSource } from './source/read-source.js';

export type ExportFormat = 'yaml' | 'json';

/** Texts of definition files by name: first the definition itself, then the pipelines that it brings along. */
export type ExportedFiles = ReadonlyMap<string, string>;

/**
 * A definition as a text that gives the same plan, with the pipelines that are defined in its file as files beside it.
 * For a file that has been loaded without errors.
 */
export async function exportDefinition(file: string, format: ExportFormat): Promise<ExportedFiles> {
  const source = await readSource(file);
  if ('code' in source || source.value === undefined) throw new Error(`${file} cannot be read.`);
  const name = isJsonObject(source.value) ? source.value['name'] : null;
  return new Map([
    [`${typeof name === 'string' ? name : 'pipeline'}.${format}`, textOf(source.value, format)],
    ...childrenOf(source.children ?? new Map<string, Pipeline>()),
  ]);
}

/** Stages call a child by the name of its file, so that stays the same in every format. */
function childrenOf(children: ReadonlyMap<string, Pipeline>): ReadonlyArray<readonly [string, string]> {
  return [...children].flatMap(([reference, child]) => [
    [reference, textOf(child.definition, 'yaml')] as const,
    ...childrenOf(child.children),
  ]);
}

function textOf(definition: Json, format: ExportFormat): string {
  if (format === 'json') return `${JSON.stringify(definition, null, 2)}\n`;
  return stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false });
}
