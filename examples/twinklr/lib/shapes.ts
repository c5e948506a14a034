import { z } from 'sluice';

const ms = z.int().min(0);
const share = z.number().min(0).max(1);

/** One beat, with what was heard from it to the next one. Shares are of the loudest beat, or of all energy. */
export const beat = z.object({
  start_ms: ms,
  end_ms: ms,
  loudness: share,
  bass: share,
  centroid_hz: z.number(),
  flatness: share,
});
export type Beat = z.output<typeof beat>;

/** What is measured of a file, before anybody judges it. */
export const analysis = z.object({
  file: z.string(),
  title: z.string(),
  duration_ms: ms,
  sample_rate: z.int(),
  tempo_bpm: z.number(),
  found_bpm: z.number(),
  beats: z.array(beat).min(8),
  pitches: z.array(share).length(12),
  lyrics: z.string().nullable(),
});
export type Analysis = z.output<typeof analysis>;

export const level = z.enum(['calm', 'steady', 'driving']);
export type Level = z.output<typeof level>;

/** A stretch of whole bars that are as loud as each other. */
const section = z.object({ start_ms: ms, end_ms: ms, bars: z.int().min(1), level, loudness: share });

/** What kind of music it is. */
export const profile = z.object({
  first_bar_beat: z.int().min(0).max(3),
  sections: z.array(section).min(1),
  tone: z.enum(['dark', 'warm', 'bright']),
  texture: z.enum(['tonal', 'mixed', 'noisy']),
  centre: z.int().min(0).max(11),
  pulse: z.enum(['steady', 'loose']),
});
export type Profile = z.output<typeof profile>;

export const line = z.object({ text: z.string(), start_ms: ms, end_ms: ms });
export type Line = z.output<typeof line>;

export const role = z.enum(['bed', 'rhythm', 'accent', 'words']);
export type Role = z.output<typeof role>;

/** What all groups have to agree on: colours, and who leads in which section. */
export const macroPlan = z.object({
  colours: z.array(z.string()).length(3),
  sections: z.array(section.extend({ lead: role, intensity: share })),
});
export type MacroPlan = z.output<typeof macroPlan>;

/** What a model may decide for all groups: sections count from 1. */
export const showIdeas = z.object({
  colours: z.array(z.string().regex(/^#[0-9a-f]{6}$/i, 'expected a colour such as #ff8800')).length(3),
  sections: z.array(z.object({ section: z.int().min(1), lead: role, intensity: z.number().min(0.1).max(1) })),
});
export type ShowIdeas = z.output<typeof showIdeas>;

/** A part of the display: models that do the same job. */
export const group = z.strictObject({
  id: z.string(),
  role,
  models: z.array(z.string()).min(1),
  amps_each: z.number().positive(),
});
export type Group = z.output<typeof group>;

export const display = z.strictObject({
  budget_amps: z.number().positive(),
  groups: z.array(group).min(1),
});
export type Display = z.output<typeof display>;

/** The effects are those of xLights by name. */
export const effect = z.object({
  model: z.string(),
  name: z.enum(['On', 'Color Wash', 'SingleStrand', 'Shockwave', 'Spirals', 'Twinkle', 'Text']),
  start_ms: ms,
  end_ms: ms,
  intensity: share,
  colour: z.int().min(0).max(2),
  text: z.string().nullable(),
});
export type Effect = z.output<typeof effect>;

/** What a model may decide for one group: where it leaves a section out, the group does what it would without a model. */
export const groupIdeas = z.object({
  sections: z.array(
    z.object({
      section: z.int().min(1),
      effect: z.enum(['Color Wash', 'On', 'Twinkle', 'SingleStrand', 'Spirals', 'Shockwave']),
      colour: z.int().min(0).max(2),
      backwards: z.boolean(),
    }),
  ),
});
export type GroupIdeas = z.output<typeof groupIdeas>;

export const groupPlan = z.object({ group, effects: z.array(effect) });
export type GroupPlan = z.output<typeof groupPlan>;
