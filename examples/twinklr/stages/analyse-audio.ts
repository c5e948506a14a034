import { access } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { defineStage, z } from 'sluice';
import { findBeats } from '../lib/audio/find-beats.js';
import { measureBeats } from '../lib/audio/measure-beats.js';
import { readAudio } from '../lib/audio/read-audio.js';
import { fromProject } from '../lib/paths.js';
import { analysis } from '../lib/shapes.js';

/** Reads only, so running it twice changes nothing. */
export const analyseAudio = defineStage({
  name: 'analyse-audio',
  description: 'Finds tempo and beats, and measures what is heard on each beat',
  params: z.strictObject({ audio: z.string().min(1), slowest_bpm: z.number().min(20).max(200) }),
  output: analysis,
  run: async ({ params, ctx }) => {
    const path = fromProject(params.audio);
    const sound = await readAudio(path);
    ctx.progress(0.2, 'decoded');
    const pulse = await findBeats(sound, params.slowest_bpm);
    ctx.progress(0.7, `${pulse.bpm.toFixed(1)} beats a minute`);
    ctx.signal.throwIfAborted();
    const measured = measureBeats(sound, pulse.beats);

    const words = path.slice(0, -extname(path).length) + '.lrc';
    const hasLyrics = await access(words).then(
      () => true,
      () => false,
    );
    ctx.state.set('has_lyrics', hasLyrics);
    ctx.metrics.add('audio_seconds', sound.durationMs / 1000);
    ctx.metrics.add('beats', measured.beats.length);
    ctx.log.info(`${basename(path)}: ${pulse.bpm.toFixed(1)} beats a minute`, { found: pulse.foundBpm });
    return {
      file: path,
      title: basename(path, extname(path)),
      duration_ms: sound.durationMs,
      sample_rate: sound.sampleRate,
      tempo_bpm: pulse.bpm,
      found_bpm: pulse.foundBpm,
      beats: [...measured.beats],
      pitches: [...measured.pitches],
      lyrics: hasLyrics ? words : null,
    };
  },
});
