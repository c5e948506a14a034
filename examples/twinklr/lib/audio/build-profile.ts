import { ckmeans, max, mean, min, standardDeviation } from 'simple-statistics';
import type { Analysis, Beat, Level, Profile } from '../shapes.js';

const BEATS_IN_BAR = 4;
/** Bars that differ by less than this share of their mean are as loud as each other. */
const SAME_LOUDNESS = 0.1;
const LEVELS: readonly (readonly Level[])[] = [
  ['steady'],
  ['calm', 'driving'],
  ['calm', 'steady', 'driving'],
];

type Bar = { readonly start_ms: number; readonly end_ms: number; readonly loudness: number };
type Section = Profile['sections'][number];

/** Judges what was measured: bars, sections that are as loud as each other, and the kind of sound. */
export function buildProfile(analysis: Analysis, options: { readonly longestSection: number }): Profile {
  const { beats, pitches } = analysis;
  const first = firstBarBeat(beats);
  const bars = barsOf(beats.slice(first));
  return {
    first_bar_beat: first,
    sections: sectionsOf(bars, options.longestSection),
    tone: pick(mean(beats.map((beat) => beat.centroid_hz)), [1200, 2500], ['dark', 'warm', 'bright']),
    texture: pick(mean(beats.map((beat) => beat.flatness)), [0.15, 0.4], ['tonal', 'mixed', 'noisy']),
    centre: pitches.indexOf(Math.max(...pitches)),
    pulse: pulseOf(beats),
  };
}

/** Bars begin on the beat, of each four, that has the most bass and is loudest. */
function firstBarBeat(beats: readonly Beat[]): number {
  const weights = Array.from({ length: BEATS_IN_BAR }, (_, offset) =>
    mean(
      beats
        .filter((_, index) => index % BEATS_IN_BAR === offset)
        .map(({ bass, loudness }) => bass * loudness),
    ),
  );
  return weights.indexOf(Math.max(...weights));
}

/** Beats after the last whole bar are a bar of their own. */
function barsOf(beats: readonly Beat[]): readonly Bar[] {
  return Array.from({ length: Math.ceil(beats.length / BEATS_IN_BAR) }, (_, bar) => {
    const own = beats.slice(bar * BEATS_IN_BAR, (bar + 1) * BEATS_IN_BAR);
    return {
      start_ms: own[0]?.start_ms ?? 0,
      end_ms: own.at(-1)?.end_ms ?? 0,
      loudness: mean(own.map((beat) => beat.loudness)),
    };
  });
}

/** A section ends where the level changes, and after `longest` bars. */
function sectionsOf(bars: readonly Bar[], longest: number): Section[] {
  const levelOf = levels(bars.map((bar) => bar.loudness));
  const groups: { level: Level; bars: Bar[] }[] = [];
  for (const bar of bars) {
    const level = levelOf(bar.loudness);
    const last = groups.at(-1);
    if (last !== undefined && last.level === level && last.bars.length < longest) last.bars.push(bar);
    else groups.push({ level, bars: [bar] });
  }
  return groups.map(({ level, bars: own }) => ({
    start_ms: own[0]?.start_ms ?? 0,
    end_ms: own.at(-1)?.end_ms ?? 0,
    bars: own.length,
    level,
    loudness: Math.min(1, mean(own.map((bar) => bar.loudness))),
  }));
}

/** One-dimensional clusters: as many levels as the bars really have, at most three. */
function levels(loudness: readonly number[]): (value: number) => Level {
  const values = [...loudness];
  const spread = (max(values) - min(values)) / mean(values);
  const wanted = spread < SAME_LOUDNESS ? 1 : Math.min(LEVELS.length, new Set(values).size);
  const clusters = ckmeans(values, wanted);
  const names = LEVELS[clusters.length - 1] ?? ['steady'];
  return (value) => names[clusters.findIndex((cluster) => cluster.includes(value))] ?? 'steady';
}

function pulseOf(beats: readonly Beat[]): Profile['pulse'] {
  const lengths = beats.slice(0, -1).map((beat) => beat.end_ms - beat.start_ms);
  return standardDeviation(lengths) / mean(lengths) < 0.05 ? 'steady' : 'loose';
}

function pick<T>(value: number, bounds: readonly [number, number], names: readonly [T, T, T]): T {
  if (value < bounds[0]) return names[0];
  return value < bounds[1] ? names[1] : names[2];
}
