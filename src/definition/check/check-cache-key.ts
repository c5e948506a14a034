import { hasExpression, inspectExpression, splitTemplate } from '../../expressions/inspect.js';
import type { StageEntry } from '../draft.js';
import type { Reporter } from '../reporter.js';
import { itemNames } from './check-map.js';
import { forEachString } from './check-template.js';

/** A key that is the same for all items of a map would give every item the result of the first one. */
export function checkCacheKey(entry: StageEntry, reporter: Reporter): void {
  const { data, path, label } = entry;
  const { cache, map } = data;
  if (map === undefined || typeof cache !== 'object' || cache.key === undefined) return;
  const at = [...path, 'cache', 'key'];
  const names = itemNames(entry);
  let isOfItem = false;
  forEachString(cache.key, at, hasExpression, (text) => {
    isOfItem ||= namesIn(text).some((name) => names.includes(name));
  });
  if (isOfItem) return;
  const [item = 'item'] = names;
  const message = `\`cache.key\` is the same for all items, so that they would share one result. Let it read \`${item}\` or \`index\`, such as \`\${{ ${item} }}\`, or leave it out: then it is what the item is given`;
  reporter.report({ code: 'wrong-value', path: at, message, stage: label });
}

function namesIn(text: string): readonly string[] {
  const { parts } = splitTemplate(text);
  return (parts ?? []).flatMap((part) => {
    if (part.type !== 'expression') return [];
    return (inspectExpression(part.source).names ?? []).map(({ root }) => root);
  });
}
