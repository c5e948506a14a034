import { mean } from 'simple-statistics';
import type { Beat } from '../shapes.js';
import { meyda } from './meyda.js';
import type { Sound } from './read-audio.js';

export type Measured = { readonly beats: readonly Beat[]; readonly pitches: readonly number[] };

const FRAME = 1024;
const HOP = FRAME / 2;
const BASS_HZ = 150;

type Frame = {
  readonly at: number;
  readonly rms: number;
  readonly bass: number;
  readonly centroid: number;
  readonly flatness: number;
  readonly chroma: readonly number[];
};

/** Spectral features of each beat, and how strong each of the twelve pitches is in the whole file. */
export function measureBeats(sound: Sound, beats: readonly number[]): Measured {
  const frames = framesOf(sound);
  const spans = beats.map((start, index) => ({
    start,
    end: beats[index + 1] ?? Math.min(sound.durationMs / 1000, start + lastLength(beats)),
  }));
  const heard = spans
    .map(({ start, end }) => ({ start, end, frames: frames.filter(({ at }) => at >= start && at < end) }))
    .filter((span) => span.frames.length > 0);
  const loudest = Math.max(...heard.map((span) => mean(span.frames.map(({ rms }) => rms))), Number.EPSILON);
  return {
    beats: heard.map(({ start, end, frames: own }) => ({
      start_ms: Math.round(start * 1000),
      end_ms: Math.round(end * 1000),
      loudness: mean(own.map(({ rms }) => rms)) / loudest,
      bass: mean(own.map(({ bass }) => bass)),
      centroid_hz: mean(own.map(({ centroid }) => centroid)),
      flatness: mean(own.map(({ flatness }) => flatness)),
    })),
    pitches: pitchesOf(frames),
  };
}

function framesOf({ samples, sampleRate }: Sound): readonly Frame[] {
  meyda.bufferSize = FRAME;
  meyda.sampleRate = sampleRate;
  const frames: Frame[] = [];
  for (let start = 0; start + FRAME <= samples.length; start += HOP) {
    const features = meyda.extract(
      ['rms', 'spectralCentroid', 'spectralFlatness', 'chroma', 'powerSpectrum'],
      samples.subarray(start, start + FRAME),
    );
    const rms = features?.rms ?? 0;
    // A frame of silence has no spectrum: its centroid and flatness are not numbers.
    if (features === null || rms === 0) continue;
    frames.push({
      at: (start + HOP) / sampleRate,
      rms,
      bass: bassShare([...(features.powerSpectrum ?? [])], sampleRate),
      centroid: ((features.spectralCentroid ?? 0) * sampleRate) / FRAME,
      flatness: features.spectralFlatness ?? 0,
      chroma: features.chroma ?? [],
    });
  }
  return frames;
}

function bassShare(power: readonly number[], sampleRate: number): number {
  const last = Math.ceil((BASS_HZ * FRAME) / sampleRate);
  const all = power.reduce((sum, value) => sum + value, 0);
  return all === 0 ? 0 : power.slice(0, last + 1).reduce((sum, value) => sum + value, 0) / all;
}

/** Loud frames count more. */
function pitchesOf(frames: readonly Frame[]): readonly number[] {
  const sums = Array.from({ length: 12 }, (_, pitch) =>
    frames.reduce((sum, { chroma, rms }) => sum + (chroma[pitch] ?? 0) * rms, 0),
  );
  const strongest = Math.max(...sums, Number.EPSILON);
  return sums.map((sum) => sum / strongest);
}

function lastLength(beats: readonly number[]): number {
  const [before = 0, last = 0] = beats.slice(-2);
  return last - before;
}
