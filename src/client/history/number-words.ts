const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });
const SMALL = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** `12,345`, `0.0042`: a number for people. */
export function numberWords(value: number): string {
  return Math.abs(value) < 1 ? SMALL.format(value) : WHOLE.format(value);
}

/** `97.5%`; empty of nothing. */
export function percentWords(share: number | null): string {
  return share === null ? '' : `${numberWords(Number((share * 100).toFixed(1)))}%`;
}
