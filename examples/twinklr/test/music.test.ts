import { describe, expect, it } from 'vitest';
import { buildProfile } from '../lib/audio/build-profile.js';
import { findBeats } from '../lib/audio/find-beats.js';
import type { Sound } from '../lib/audio/read-audio.js';
import { readAudio } from '../lib/audio/read-audio.js';
import { fromProject } from '../lib/paths.js';
import type { Beat } from '../lib/shapes.js';

/** Tempos as the makers of the loops state them, see data/README.md. */
const LOOPS = [
  { file: 'loop-electric-97bpm.wav', bpm: 97 },
  { file: 'loop-breakbeat-126bpm.wav', bpm: 125.98 },
  { file: 'loop-mika-120bpm.wav', bpm: 120 },
];

describe('the tempo', () => {
  it.each(LOOPS)('of $file is found within 2 percent, with a beat on each count', async ({ bpm, file }) => {
    const sound = await readAudio(fromProject(`data/${file}`));
    const found = await findBeats(sound, 80);
    expect(Math.abs(found.bpm - bpm) / bpm).toBeLessThan(0.02);
    const counts = Math.round((sound.durationMs / 60_000) * bpm);
    expect(Math.abs(found.beats.length - counts)).toBeLessThanOrEqual(1);
  });

  it('is brought into the octave that was asked for', async () => {
    const sound = await readAudio(fromProject('data/loop-electric-97bpm.wav'));
    const [slow, fast] = [await findBeats(sound, 40), await findBeats(sound, 150)];
    expect(slow.bpm).toBeCloseTo(fast.bpm / 4, 6);
    expect(Math.abs(slow.bpm - 48.5) / 48.5).toBeLessThan(0.02);
    expect(slow.beats.length).toBe(Math.ceil(fast.beats.length / 4));
  });

  it('is not invented where there is only silence', async () => {
    const silence: Sound = { samples: new Float32Array(44_100 * 5), sampleRate: 44_100, durationMs: 5000 };
    await expect(findBeats(silence, 80)).rejects.toThrow('no beat');
  });
});

describe('the profile', () => {
  it('divides music that swells into a section for each level, and cuts the long ones', () => {
    const { first_bar_beat, sections } = profileOf([0.2, 0.2, 0.2, 0.6, 0.6, 1, 1, 1, 1, 1]);
    expect(first_bar_beat).toBe(0);
    expect(sections.map(({ bars, level }) => `${bars} ${level}`)).toEqual([
      '3 calm',
      '2 steady',
      '4 driving',
      '1 driving',
    ]);
    expect(sections[0]).toMatchObject({ start_ms: 0, end_ms: 6000 });
    expect(sections.at(-1)?.end_ms).toBe(20_000);
  });

  it('does not make levels of what is equally loud', () => {
    expect(profileOf([0.9, 0.91, 0.9, 0.92]).sections).toMatchObject([{ bars: 4, level: 'steady' }]);
  });

  it('begins bars on the beat with the bass', () => {
    const { first_bar_beat, sections } = profileOf([1, 1, 1], 2);
    expect(first_bar_beat).toBe(2);
    expect(sections[0]?.start_ms).toBe(1000);
  });
});

/** Bars of four beats of half a second, each as loud as said, with the bass on the beat `downbeat`. */
function profileOf(loudness: readonly number[], downbeat = 0): ReturnType<typeof buildProfile> {
  const beats: Beat[] = loudness.flatMap((loud, bar) =>
    [0, 1, 2, 3].map((count) => ({
      start_ms: (bar * 4 + count) * 500,
      end_ms: (bar * 4 + count + 1) * 500,
      loudness: loud,
      bass: count === downbeat ? 0.8 : 0.2,
      centroid_hz: 1500,
      flatness: 0.2,
    })),
  );
  const heard = {
    file: 'made.wav',
    title: 'made',
    duration_ms: loudness.length * 2000,
    sample_rate: 44_100,
    tempo_bpm: 120,
    found_bpm: 120,
    beats,
    pitches: Array.from({ length: 12 }, (_, pitch) => pitch / 11),
    lyrics: null,
  };
  return buildProfile(heard, { longestSection: 4 });
}
