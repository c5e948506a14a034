/**
 * Parts of a text by the rules of its language; joined they are the text again. A sentence may go on in the next line: only
 * an empty line ends it for sure.
 */
export function segmentsOf(
  text: string,
  granularity: 'sentence' | 'word' | 'grapheme',
  locale: string,
): readonly string[] {
  const ruled = granularity === 'sentence' ? text.replaceAll(/(?<!\n\r?)\r?\n(?!\r?\n)/g, blanks) : text;
  return Array.from(new Intl.Segmenter(locale, { granularity }).segment(ruled), ({ segment, index }) =>
    text.slice(index, index + segment.length),
  );
}

/** As long as the line break, so that places in both texts are the same. */
function blanks(lineBreak: string): string {
  return ' '.repeat(lineBreak.length);
}
