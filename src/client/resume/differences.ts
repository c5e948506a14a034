import diff from 'microdiff';
import type { Json } from '../../shared/json.js';

/** One place where two JSON values differ. `undefined` stands for nothing. */
export type Difference = {
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
};

/** All places where two JSON values differ; `name` is what the paths begin with. */
export function differences(name: string, before: unknown, after: unknown): readonly Difference[] {
  return diff([before], [after], { cyclesFix: false }).map((change) => ({
    path: [name, ...change.path.slice(1)].filter((part) => part !== '').join('.'),
    before: change.type === 'CREATE' ? undefined : (change.oldValue as Json),
    after: change.type === 'REMOVE' ? undefined : (change.value as Json),
  }));
}

/** True when two JSON values are the same, whatever the order of their keys. */
export function isSame(before: unknown, after: unknown): boolean {
  return differences('', before, after).length === 0;
}

/** A difference in words: `with.rows` was 3 and is 4. */
export function tellDifference({ path, before, after }: Difference): string {
  if (before === undefined) return `\`${path}\` is new: ${shown(after)}`;
  if (after === undefined) return `\`${path}\` is gone: ${shown(before)}`;
  return `\`${path}\` was ${shown(before)} and is ${shown(after)}`;
}

/** A value as JSON on one line, cut where it gets long. */
export function shown(value: Json | undefined, limit = 40): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}
