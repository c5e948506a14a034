import samplerate from '@alexanderolsen/libsamplerate-js';
import MusicTempo from 'music-tempo';
import { AudioError } from '../audio-error.js';
import type { Sound } from './read-audio.js';

/** Beats in seconds. */
export type Pulse = { readonly bpm: number; readonly foundBpm: number; readonly beats: readonly number[] };

/** The beat tracker's own settings hold for this rate. */
const TRACKER_RATE = 44_100;

/**
 * Finds tempo and beats. Trackers mistake a tempo for its double or half, so what is found is brought into the octave
 * from `slowestBpm` on, and its beats are thinned out or doubled with it.
 */
export async function findBeats(sound: Sound, slowestBpm: number): Promise<Pulse> {
  let pulse = track(await resampled(sound));
  while (pulse.bpm >= 2 * slowestBpm) {
    pulse = { ...pulse, bpm: pulse.bpm / 2, beats: pulse.beats.filter((_, index) => index % 2 === 0) };
  }
  while (pulse.bpm < slowestBpm) pulse = { ...pulse, bpm: pulse.bpm * 2, beats: doubled(pulse.beats) };
  return pulse;
}

async function resampled({ samples, sampleRate }: Sound): Promise<Float32Array> {
  if (sampleRate === TRACKER_RATE) return samples;
  const converterType = samplerate.ConverterType.SRC_SINC_FASTEST;
  const converter = await samplerate.create(1, sampleRate, TRACKER_RATE, { converterType });
  try {
    return converter.full(samples);
  } finally {
    converter.destroy();
  }
}

function track(samples: Float32Array): Pulse {
  try {
    const { beats, tempo } = new MusicTempo(samples);
    const bpm = Number(tempo);
    if (bpm > 0 && beats.length >= 4) return { bpm, foundBpm: bpm, beats };
  } catch (error) {
    throw new AudioError('There is no beat to be found in this file', { cause: error });
  }
  throw new AudioError('There is no beat to be found in this file');
}

function doubled(beats: readonly number[]): readonly number[] {
  return beats.flatMap((beat, index) => {
    const next = beats[index + 1];
    return next === undefined ? [beat] : [beat, (beat + next) / 2];
  });
}
