import { readFile } from 'node:fs/promises';
import decode from 'audio-decode';
import { AudioError } from '../audio-error.js';

export type Sound = {
  readonly samples: Float32Array;
  readonly sampleRate: number;
  readonly durationMs: number;
};

/** Reads a WAV, MP3, FLAC or Ogg file as one channel. Throws {@link AudioError} when it is none of them, or not there. */
export async function readAudio(path: string): Promise<Sound> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new AudioError(`There is no audio file ${path} that can be read`, { cause: error });
  });
  const { channelData, sampleRate } = await decode(bytes).catch((error: unknown) => {
    throw new AudioError(`${path} is not an audio file that can be read`, { cause: error });
  });
  const samples = mixed(channelData);
  if (samples.length === 0) throw new AudioError(`${path} holds no sound.`);
  return { samples, sampleRate, durationMs: Math.round((samples.length / sampleRate) * 1000) };
}

function mixed(channels: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(), ...others] = channels;
  if (others.length === 0) return first;
  return first.map(
    (sample, index) =>
      (sample + others.reduce((sum, other) => sum + (other[index] ?? 0), 0)) / channels.length,
  );
}
