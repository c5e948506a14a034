import type { Chapter, ChapterPlan, Idea } from '../shapes.js';

/** What there is of a book, for somebody to go on with by hand. */
export function asMarkdown(
  idea: Idea | null,
  outline: readonly ChapterPlan[],
  chapters: readonly Chapter[],
): string {
  const parts = outline.map((plan) => {
    const chapter = chapters.find(({ number }) => number === plan.number);
    const text = chapter?.paragraphs.map(({ kind, text: words }) => (kind === 'told' ? words : `> ${words}`));
    return `## ${plan.number}. ${plan.title}\n\n${text?.join('\n\n') ?? `_To be written: ${plan.goal}_`}`;
  });
  const head = `# ${idea?.title ?? 'Untitled'}\n\n${idea?.pitch ?? 'There is no idea yet.'}`;
  return `${[head, ...parts].join('\n\n')}\n`;
}
