import { create } from 'xmlbuilder2';
import { sentencesOf } from '../text/sentences.js';
import type { Chapter, Idea } from '../shapes.js';

const WORDS_A_MINUTE = 150;

/** The book for a speech synthesiser, in SSML: her notes a little slower than the telling. */
export function audioScript(idea: Idea, chapters: readonly Chapter[]): string {
  const speak = create({ version: '1.0', encoding: 'UTF-8' }).ele(
    'http://www.w3.org/2001/10/synthesis',
    'speak',
    {
      version: '1.1',
      'xml:lang': 'en',
    },
  );
  speak.ele('p').ele('s').txt(idea.title);
  for (const chapter of chapters) {
    speak.ele('break', { time: '2s' });
    speak.ele('mark', { name: `chapter-${chapter.number}` });
    speak.ele('p').ele('s').txt(chapter.title);
    for (const { kind, text } of chapter.paragraphs) {
      const paragraph = speak.ele('p');
      const voice = kind === 'told' ? paragraph : paragraph.ele('prosody', { rate: '92%' });
      for (const sentence of sentencesOf(text)) voice.ele('s').txt(sentence);
    }
  }
  return speak.end({ prettyPrint: true });
}

export function minutesToRead(chapters: readonly Chapter[]): number {
  return Math.ceil(chapters.reduce((sum, { words }) => sum + words, 0) / WORDS_A_MINUTE);
}
