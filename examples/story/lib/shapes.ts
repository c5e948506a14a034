import { z } from 'sluice';

/** What the story is about. The symbols fill the sentences of every later stage, so that names stay the same. */
export const idea = z.object({
  title: z.string(),
  pitch: z.string(),
  symbols: z.record(z.string(), z.string()),
});
export type Idea = z.output<typeof idea>;

export const chapterPlan = z.object({
  number: z.int().positive(),
  step: z.string(),
  title: z.string(),
  goal: z.string(),
});
export type ChapterPlan = z.output<typeof chapterPlan>;

/** Told by the storyteller, or noted by the hero in her own words. */
const paragraph = z.object({ kind: z.enum(['told', 'noted']), text: z.string().min(1) });

export const chapter = chapterPlan.extend({
  paragraphs: z.array(paragraph).min(1),
  words: z.int(),
});
export type Chapter = z.output<typeof chapter>;

export const review = z.object({
  number: z.int(),
  words: z.int(),
  /** Flesch's reading ease: 100 is very easy, 0 very hard. */
  ease: z.number(),
  repeated: z.array(z.string()),
  copied: z.array(z.string()),
  faults: z.array(z.string()),
});
export type Review = z.output<typeof review>;

export const picture = z.object({ number: z.int(), file: z.string() });
export type Picture = z.output<typeof picture>;
