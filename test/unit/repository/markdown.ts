import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { REPOSITORY } from './repository.js';

export type MarkdownFile = { readonly file: string; readonly text: string };
export type Snippet = {
  readonly file: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
};

const LEFT_OUT = new Set(['node_modules', 'dist', 'out', 'coverage', '.git', '.sluice', '.venv']);

/** Every Markdown file of the checkout, by path from its root. */
export function markdownFiles(): readonly MarkdownFile[] {
  return walk(REPOSITORY)
    .filter((path) => path.endsWith('.md'))
    .map((path) => ({
      file: relative(REPOSITORY, path).split(sep).join('/'),
      text: readFileSync(path, 'utf8'),
    }));
}

/** Targets of links and images, without those inside code. */
export function linksOf({ text }: MarkdownFile): readonly string[] {
  const prose = text.replaceAll(/^(```|~~~).*?^\1/gms, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap((match) => match[1] ?? []);
}

/** The anchors that headings give, as GitHub makes them. */
export function anchorsOf({ text }: MarkdownFile): ReadonlySet<string> {
  const headings = [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/^#{1,6} +(.+)$/gm)];
  return new Set(headings.map((match) => slug(match[1] ?? '')));
}

/** Fenced code blocks. */
export function snippetsOf({ file, text }: MarkdownFile): readonly Snippet[] {
  return [...text.matchAll(/^```(\w+)[^\n]*\n(.*?)^```/gms)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    language: match[1] ?? '',
    text: match[2] ?? '',
  }));
}

function slug(heading: string): string {
  const plain = heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .trim()
    .toLowerCase();
  return plain.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-');
}

function walk(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (LEFT_OUT.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}
