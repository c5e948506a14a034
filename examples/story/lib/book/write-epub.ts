import { EPub } from 'epub-gen-memory';
import type { Chapter, Idea, Picture } from '../shapes.js';
import { chapterBody } from './chapter-body.js';

export type Book = {
  readonly idea: Idea;
  readonly author: string;
  readonly chapters: readonly Chapter[];
  readonly pictures: readonly Picture[];
};

const CSS = `
  body { font-family: serif; line-height: 1.5; margin: 0 6%; }
  h1 { font-weight: normal; text-align: center; }
  blockquote { margin: 1em 1.5em; font-style: italic; }
  img { display: block; margin: 1em auto; width: 100%; }`;

/** The whole book as an EPUB 3 file. */
export function writeEpub({ author, chapters, idea, pictures }: Book): Promise<Buffer> {
  const content = chapters.map((chapter) => ({
    title: chapter.title,
    content: chapterBody(
      chapter,
      pictures.find(({ number }) => number === chapter.number),
    ),
  }));
  const options = {
    title: idea.title,
    author,
    description: idea.pitch,
    publisher: author,
    lang: 'en',
    css: CSS,
  };
  return new EPub(options, content).genEpub();
}
