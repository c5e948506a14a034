import jdenticon from 'jdenticon';
import { create } from 'xmlbuilder2';

const SIZE = 120;
const FIGURES = 5;

/** A frieze of figures drawn from words: the same words give the same frieze. The middle one is that of the book. */
export function drawOrnament(book: string, chapter: string): string {
  const svg = create().ele('http://www.w3.org/2000/svg', 'svg', {
    viewBox: `0 0 ${SIZE * FIGURES} ${SIZE}`,
    role: 'img',
  });
  svg.ele('title').txt(chapter);
  for (let index = 0; index < FIGURES; index += 1) {
    const fromEdge = Math.min(index, FIGURES - 1 - index);
    const words = fromEdge === 2 ? book : `${chapter} ${fromEdge}`;
    svg.ele('g', { transform: `translate(${index * SIZE} 0)` }).import(create(figure(words)).root());
  }
  return svg.end();
}

function figure(words: string): string {
  return jdenticon.toSvg(words, SIZE, {
    hues: [48],
    lightness: { color: [0.35, 0.7], grayscale: [0.3, 0.8] },
  });
}
