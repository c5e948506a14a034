import { createHash } from 'node:crypto';

/**
 * Splits rows so that each label keeps its share on both sides. Where a row lands depends on its ID, the seed and the
 * rows of its own label alone, so the same seed gives the same split in any order of rows.
 */
export function splitRows<T extends { readonly id: string }>(
  rows: readonly T[],
  options: { readonly seed: number; readonly testShare: number; readonly labelOf: (row: T) => string },
): { readonly train: readonly T[]; readonly test: readonly T[] } {
  const { seed, testShare, labelOf } = options;
  const place = (row: T): string => createHash('sha256').update(`${seed}/${row.id}`).digest('hex');
  const drawn = rows
    .map((row) => ({ row, place: place(row) }))
    .toSorted((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ row }) => row);
  const labels = [...new Set(drawn.map(labelOf))];
  const held = new Set(
    labels.flatMap((label) => {
      const own = drawn.filter((row) => labelOf(row) === label);
      return own.slice(0, Math.round(own.length * testShare)).map(({ id }) => id);
    }),
  );
  return { train: drawn.filter(({ id }) => !held.has(id)), test: drawn.filter(({ id }) => held.has(id)) };
}
