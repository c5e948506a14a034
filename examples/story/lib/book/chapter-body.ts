import { fragment } from 'xmlbuilder2';
import type { Chapter, Picture } from '../shapes.js';

/** The text of a chapter as XHTML, its picture above it. */
export function chapterBody({ paragraphs, title }: Chapter, picture: Picture | undefined): string {
  const body = fragment();
  if (picture !== undefined)
    body.ele('p').ele('img', { src: `file://${picture.file}`, alt: `Ornament: ${title}` });
  for (const { kind, text } of paragraphs) {
    if (kind === 'told') body.ele('p').txt(text);
    else body.ele('blockquote').ele('p').txt(text);
  }
  return body.end();
}
