import chroma from 'chroma-js';
import type { Level, Line, MacroPlan, Profile, Role, ShowIdeas } from '../shapes.js';
import { choose } from './random.js';

const INTENSITY: Readonly<Record<Level, number>> = { calm: 0.45, steady: 0.7, driving: 1 };
/** Who may lead: in a calm section what glows, in a driving one what beats. */
const LEADS: Readonly<Record<Level, readonly [Role, ...Role[]]>> = {
  calm: ['bed', 'words'],
  steady: ['rhythm', 'words', 'bed'],
  driving: ['accent', 'rhythm'],
};
const LIGHTNESS = { dark: 0.42, warm: 0.52, bright: 0.64 } as const;
const SATURATION = { tonal: 1, mixed: 0.85, noisy: 0.7 } as const;

export type ShowInput = {
  readonly profile: Profile;
  readonly lines: readonly Line[];
  readonly seed: number;
  /** Those of a model; what it has none for is decided here. */
  readonly ideas?: ShowIdeas | null;
};

/** Decides what all groups have to agree on. Where words are sung they lead. */
export function planShow({ profile, lines, seed, ideas = null }: ShowInput): MacroPlan {
  return {
    colours: ideas === null ? coloursOf(profile) : [...ideas.colours],
    sections: profile.sections.map((section, index) => {
      const idea = ideas?.sections.find((each) => each.section === index + 1);
      if (idea !== undefined) return { ...section, lead: idea.lead, intensity: idea.intensity };
      const sung = lines.some((line) => line.start_ms < section.end_ms && line.end_ms > section.start_ms);
      const before = profile.sections[index - 1];
      // A section that follows a quieter one comes in at full strength.
      const lift = before !== undefined && before.loudness < section.loudness * 0.8 ? 0.2 : 0;
      return {
        ...section,
        lead: sung ? 'words' : choose(LEADS[section.level], seed, 'lead', index),
        intensity: Math.min(1, INTENSITY[section.level] + lift),
      };
    }),
  };
}

/**
 * The strongest of the twelve pitches gives the hue, an octave being once round the wheel; the spectrum gives lightness
 * and saturation. Tonal music gets neighbours of the hue, noisy music its opposite.
 */
function coloursOf({ centre, tone, texture }: Profile): string[] {
  const hue = centre * 30;
  const turn = texture === 'tonal' ? 30 : texture === 'mixed' ? 90 : 180;
  const colour = (degrees: number, lighter: number): string =>
    chroma.hsl(degrees % 360, SATURATION[texture], Math.min(0.92, LIGHTNESS[tone] + lighter)).hex();
  return [colour(hue, 0), colour(hue + turn, 0), colour(hue, 0.28)];
}
