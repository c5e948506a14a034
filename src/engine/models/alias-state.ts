import type { MoveKind } from './model-event.js';

/** What an alias means. */
export type ModelAlias = {
  readonly alias: string;
  readonly version: string | null;
  readonly previous: string | null;
  readonly since: string;
  readonly by: string;
  readonly reason: string;
};

/** An alias with what its next moves need to know. */
export type AliasState = ModelAlias & {
  /** What it meant before, oldest first: where a rollback may go to. */
  readonly before: readonly string[];
};

/** Versions that a rollback may go back over. */
const MOST_BEFORE = 50;

/** A move puts what was there on the pile; a rollback takes it off the pile with all that lay above. */
export function beforeAfter(
  state: AliasState | undefined,
  version: string | null,
  how: MoveKind,
): readonly string[] {
  const before = state?.before ?? [];
  if (how === 'rollback') return before.slice(0, Math.max(before.lastIndexOf(version ?? ''), 0));
  const now = state?.version ?? null;
  const others = before.filter((earlier) => earlier !== version && earlier !== now);
  return now === null ? others : [...others, now].slice(-MOST_BEFORE);
}

export function shownAlias({ alias, version, previous, since, by, reason }: AliasState): ModelAlias {
  return { alias, version, previous, since, by, reason };
}
