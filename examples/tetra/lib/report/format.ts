const percentStyle = new Intl.NumberFormat('en-US', {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const countStyle = new Intl.NumberFormat('en-US');
const plainStyle = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** 0.1234 as "12.3%". */
export function percent(share: number): string {
  return percentStyle.format(share);
}

/** 12363 as "12,363". */
export function count(value: number): string {
  return countStyle.format(value);
}

/** 1234.567 as "1,234.57"; a dash for a value that is not known yet. */
export function plain(value: number | null): string {
  return value === null ? '–' : plainStyle.format(value);
}
