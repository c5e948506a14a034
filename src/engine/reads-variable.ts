/**
 * True when a part of a plan may read a variable. Told from the text of its expressions, and in doubt true: `variables`
 * as a whole, or with a computed name, may mean any.
 */
export function readsVariable(part: unknown, name: string): boolean {
  const text = JSON.stringify(part) ?? '';
  const literal = name.replaceAll(/[^A-Za-z0-9_]/g, String.raw`\$&`);
  const quote = String.raw`\\?["']`;
  const forms = [
    String.raw`\s*\.\s*${literal}(?![A-Za-z0-9_])`,
    String.raw`\s*\[\s*${quote}${literal}${quote}`,
    String.raw`\s*\[\s*(?!${quote})`,
    String.raw`(?!\s*[.[A-Za-z0-9_])`,
  ];
  return new RegExp(String.raw`(?<![A-Za-z0-9_.])variables(?:${forms.join('|')})`).test(text);
}
