import { format } from 'echarts';

/** Text from data or from people, made safe to stand in HTML. */
export function text(value: string): string {
  return format.encodeHTML(value);
}

/** A table of plain text: names in the first column, and in the others numbers, or words when `words` is true. */
export function table(
  head: readonly string[],
  rows: ReadonlyArray<readonly string[]>,
  words = false,
): string {
  const cells = (tag: string, row: readonly string[]): string =>
    row.map((cell) => `<${tag}${tone(cell)}>${text(cell)}</${tag}>`).join('');
  const body = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n');
  return `<div class="scroll"><table${words ? ' class="words"' : ''}><thead><tr>${cells('th', head)}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

function tone(cell: string): string {
  return /^-\d/.test(cell) ? ' class="down"' : '';
}
