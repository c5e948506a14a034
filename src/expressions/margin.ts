/** Comparisons seen while somebody watches. Evaluations are synchronous and never nest, so one list is enough. */
const watch: { margins: number[] | null } = { margins: null };

/** True while comparisons are to be told to {@link addComparison}. */
export function isWatched(): boolean {
  return watch.margins !== null;
}

/** `op` is `<`, `<=`, `>` or `>=`. What is no number is left out. */
export function addComparison(op: string, left: unknown, right: unknown): void {
  if (typeof left !== 'number' || typeof right !== 'number') return;
  watch.margins?.push(op.startsWith('<') ? right - left : left - right);
}

/**
 * Evaluates a condition and tells by how much it holds, or with a minus sign by how much it is missed, in the numbers
 * that it compares; null where none decided it. Where several did, it is the one that was nearest to turning it.
 */
export function withMargin(evaluate: () => boolean): {
  readonly holds: boolean;
  readonly margin: number | null;
} {
  const margins: number[] = [];
  watch.margins = margins;
  try {
    const holds = evaluate();
    const deciding = margins.filter(
      (margin) => Number.isFinite(margin) && (holds ? margin >= 0 : margin <= 0),
    );
    if (deciding.length === 0) return { holds, margin: null };
    const nearest = holds ? Math.min(...deciding) : Math.max(...deciding);
    // 0.85 - 0.89 is a little more than -0.04.
    return { holds, margin: Number(nearest.toPrecision(12)) };
  } finally {
    watch.margins = null;
  }
}
