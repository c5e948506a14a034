import { declareItemName } from '../../expressions/environment.js';
import { hasExpression } from '../../expressions/inspect.js';
import { isJsonObject } from '../../shared/json.js';
import { ITEM_NAMES, ROOT_NAMES } from '../../expressions/scope.js';
import type { StageEntry } from '../draft.js';
import type { Reporter } from '../reporter.js';
import { IDENTIFIER } from '../schema/map-schema.js';
import type { KindKey } from '../schema/stage-schema.js';
import { checkNoExpressions, checkTemplate, type TemplatePlace } from './check-template.js';

/** Kinds whose work for several items can travel together. */
const BATCHED: readonly KindKey[] = ['uses', 'run', 'http'];

/** What cannot be the name of an item: names that mean something else, and CEL's own words. */
const RESERVED: ReadonlySet<string> = new Set([
  ...ROOT_NAMES,
  ...ITEM_NAMES.filter((name) => name !== 'item'),
  'secrets',
  ...'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
]);

/** Names that the expressions of a stage may use beside those of all stages. */
export function itemNames(entry: StageEntry): readonly string[] {
  const map = entry.raw['map'];
  if (map === undefined) return [];
  // Also where the map itself has mistakes, which are told of already.
  const given = isJsonObject(map) ? map['as'] : undefined;
  const name = typeof given === 'string' && IDENTIFIER.test(given) ? given : 'item';
  if (!RESERVED.has(name)) declareItemName(name);
  return [name, 'index', 'batch'];
}

/** Checks the `map` of a stage. Its expressions are evaluated once, before there is any item. */
export function checkMap(entry: StageEntry, place: Omit<TemplatePlace, 'secrets'>, reporter: Reporter): void {
  const { data, path, label, kind } = entry;
  const { map } = data;
  if (map === undefined) return;
  const { over } = map;
  const at = [...path, 'map'];
  const refuse = (key: readonly string[], message: string): void =>
    reporter.report({ code: 'key-not-for-kind', path: [...at, ...key], message, stage: label });
  const template = { ...place, items: [], secrets: false };
  if (typeof over === 'string' && !hasExpression(over)) {
    const message =
      '`map.over` must be a list or an expression that gives one, such as `${{ inputs.files }}`';
    reporter.report({ code: 'wrong-type', path: [...at, 'over'], message, stage: label });
  } else if (typeof over === 'string' || Array.isArray(over)) {
    checkTemplate(over, { ...template, path: [...at, 'over'] });
  } else if ('range' in over) {
    checkTemplate(over.range, { ...template, path: [...at, 'over', 'range'] });
  } else if ('stream' in over) {
    checkNoExpressions(over.stream, [...at, 'over', 'stream'], label, reporter);
  } else {
    checkNoExpressions(over.uses, [...at, 'over', 'uses'], label, reporter);
    if (over.with !== undefined) {
      checkTemplate(over.with, { ...template, path: [...at, 'over', 'with'], secrets: true });
    }
  }
  if (map.as !== undefined && RESERVED.has(map.as)) {
    const message = `\`map.as\` cannot be \`${map.as}\`, which means something else in expressions`;
    reporter.report({ code: 'wrong-value', path: [...at, 'as'], message, stage: label });
  }
  if (
    (map.batch_size ?? 1) > 1 &&
    kind !== null &&
    !BATCHED.includes(kind) &&
    kind !== 'pipeline' &&
    kind !== 'set'
  ) {
    refuse(
      ['batch_size'],
      `\`map.batch_size\` does not fit \`${kind}\` stages; it goes with: ${[...BATCHED, 'pipeline', 'set'].join(', ')}`,
    );
  }
  if (data.mode === 'local') refuse([], '`map` does not fit `mode: local`');
  if (data.fallback?.last_success !== undefined) {
    refuse([], '`map` does not fit `fallback.last_success`: items have no earlier success of their own');
  }
}
