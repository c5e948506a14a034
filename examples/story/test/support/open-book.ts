import { readFile } from 'node:fs/promises';
import { EpubCheck } from '@likecoin/epubcheck-ts';
import JSZip from 'jszip';
import { create } from 'xmlbuilder2';

export type OpenBook = {
  /** What the checker of EPUB files finds wrong. */
  readonly problems: readonly string[];
  readonly title: string;
  /** The text of the chapters, in the order of the spine. */
  readonly chapters: readonly string[];
  /** The entries of its table of contents. */
  readonly contents: readonly string[];
  readonly pictures: number;
};

/** Opens an EPUB as a reader does: from the container to the package, and from there along the spine. */
export async function openBook(file: string): Promise<OpenBook> {
  const bytes = await readFile(file);
  const { messages } = await EpubCheck.validate(bytes);
  const zip = await JSZip.loadAsync(bytes);
  const read = async (path: string): Promise<string> => (await zip.file(path)?.async('string')) ?? '';
  const [root = ''] = found(await read('META-INF/container.xml'), /full-path="([^"]+)"/g);
  const folder = root.replace(/[^/]+$/, '');
  const opf = await read(root);
  const hrefs = new Map(
    [...opf.matchAll(/<item id="([^"]+)" href="([^"]+)"/g)].map(([, id = '', href = '']) => [id, href]),
  );
  const spine = found(opf, /<itemref idref="([^"]+)"/g).map((id) => hrefs.get(id) ?? id);
  const pages = await Promise.all(spine.map((href) => read(folder + href)));
  return {
    problems: messages.map(({ id, message }) => `${id}: ${message}`),
    title: found(opf, /<dc:title>([^<]+)</g)[0] ?? '',
    chapters: pages.filter((_, index) => spine[index] !== hrefs.get('toc')).map(textOf),
    contents: found(pages[spine.indexOf(hrefs.get('toc') ?? '')] ?? '', /<a href="[^"]+">([^<]+)</g),
    pictures: Object.keys(zip.files).filter((name) => name.endsWith('.svg')).length,
  };
}

function textOf(page: string): string {
  return create(page).root().node.textContent ?? '';
}

function found(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].flatMap(([, value]) => (value === undefined ? [] : [value.trim()]));
}
