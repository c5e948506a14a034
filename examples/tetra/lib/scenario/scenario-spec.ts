import { z } from 'sluice';

const day = z.iso.date();
const names = { id: z.string(), name: z.string() };
const drawn = { ...names, seed: z.int(), days: z.int().min(30), block: z.int().min(1) };

/** Days as they were. */
const historical = z.strictObject({ kind: z.literal('historical'), ...names, from: day, to: day });

/** Days that could be: made of pieces of the past. */
const bootstrap = z.strictObject({ kind: z.literal('bootstrap'), ...drawn });

/** What a crisis does to drawn days: the market's own months again, or a fall followed by wild weeks. */
const effect = z.union([
  z.strictObject({ replay: z.strictObject({ from: day, to: day }) }),
  z.strictObject({
    shock: z.strictObject({ after: z.int(), fall: z.number(), wild_days: z.int(), wildness: z.number() }),
  }),
]);

const stress = z.strictObject({ kind: z.literal('stress'), ...drawn, effect });

/** A scenario before its prices are made: small enough to travel, complete enough to be made again. */
export const scenarioSpec = z.discriminatedUnion('kind', [historical, bootstrap, stress]);

export type ScenarioSpec = z.output<typeof scenarioSpec>;
export type StressEffect = z.output<typeof effect>;

export const scenarioKind = z.enum(['historical', 'bootstrap', 'stress']);

/** A historical window as the definition lists it. */
export const windowSpec = z.strictObject({ ...names, from: day, to: day });

/** A crisis as the definition lists it. */
export const stressSpec = z.strictObject({ ...names, effect });
