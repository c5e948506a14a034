export type Close = { readonly day: string; readonly close: number };

export type Jump = {
  readonly day: string;
  /** Close over the close before it, minus 1. */
  readonly change: number;
  /** "4:1" when the price fell to what a split would leave and stayed there. */
  readonly split: string | null;
};

const SPLITS: ReadonlyArray<readonly [number, string]> = [
  ...[2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 50].map((parts): readonly [number, string] => [
    1 / parts,
    `${parts}:1`,
  ]),
  ...[2, 3, 4, 5, 8, 10, 15, 20, 25, 50].map((parts): readonly [number, string] => [parts, `1:${parts}`]),
  [2 / 3, '3:2'],
];

/** How far the price may be from an exact split: the market moves on that day too. */
const TOLERANCE = 0.05;

/**
 * Days on which the close moved by more than `limit` (0.25 is 25 percent). One that matches a split ratio and does not
 * return within five days is reported as a split: prices before it are on another scale and must be adjusted.
 */
export function findJumps(prices: readonly Close[], limit: number): Jump[] {
  return prices.flatMap(({ day, close }, index) => {
    const before = prices[index - 1];
    if (before === undefined) return [];
    const change = close / before.close - 1;
    if (Math.abs(change) <= limit) return [];
    const later = prices.slice(index, index + 5).map((price) => price.close / before.close);
    return [{ day, change, split: splitRatio(later) }];
  });
}

function splitRatio(ratios: readonly number[]): string | null {
  const match = SPLITS.find(([ratio]) =>
    ratios.every((value, index) => isNear(value, ratio, index === 0 ? 1 : 3)),
  );
  return match?.[1] ?? null;
}

function isNear(value: number, ratio: number, slack: number): boolean {
  return Math.abs(value / ratio - 1) <= TOLERANCE * slack;
}
