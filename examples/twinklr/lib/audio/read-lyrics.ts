import { readFile } from 'node:fs/promises';
import { Lrc } from 'lrc-kit';
import type { Line } from '../shapes.js';
import { AudioError } from '../audio-error.js';

/** The last line has no next one to end it. */
const LAST_LINE_MS = 4000;

/** Lines with their times from an LRC file. A line ends where the next one begins, an empty one only ends. */
export async function readLyrics(path: string, durationMs: number): Promise<readonly Line[]> {
  const { lyrics } = Lrc.parse(await readFile(path, 'utf8'));
  const timed = lyrics
    .map(({ content, timestamp }) => ({ text: content.trim(), start: Math.round(timestamp * 1000) }))
    .filter(({ start }) => start < durationMs)
    .toSorted((a, b) => a.start - b.start);
  const lines = timed
    .map(({ text, start }, index) => ({
      text,
      start_ms: start,
      end_ms: Math.min(durationMs, timed[index + 1]?.start ?? start + LAST_LINE_MS),
    }))
    .filter(({ text }) => text !== '');
  if (lines.length > 0) return lines;
  throw new AudioError(`${path} holds no line with a time such as [00:01.50] within the audio.`);
}
