import { defineStage, z } from 'sluice';
import similarity from 'wink-nlp/utilities/similarity.js';

const vector = z.union([z.array(z.number()), z.record(z.string(), z.number())]);

/** Puts texts whose vectors are alike into one campaign: each joins the first whose beginning is like it. */
export const findCampaigns = defineStage({
  name: 'find-campaigns',
  description: 'Groups texts that say nearly the same',
  params: z.strictObject({
    texts: z.array(z.string()),
    vectors: z.array(vector),
    /** How alike texts of a campaign are at least. */
    likeness: z.number().min(0).max(1).default(0.6),
  }),
  output: z.object({
    campaigns: z.array(z.object({ size: z.int(), example: z.string() })),
    single: z.int(),
  }),
  run: ({ params }) => {
    const groups: Array<{ readonly first: number; size: number }> = [];
    for (const index of params.texts.keys()) {
      const known = groups.find(({ first }) => likeness(params.vectors, first, index) >= params.likeness);
      if (known === undefined) groups.push({ first: index, size: 1 });
      else known.size += 1;
    }
    const campaigns = groups
      .filter(({ size }) => size > 1)
      .toSorted((a, b) => b.size - a.size || a.first - b.first)
      .map(({ first, size }) => ({ size, example: params.texts[first] ?? '' }));
    return { campaigns, single: groups.filter(({ size }) => size === 1).length };
  },
});

type Vectors = ReadonlyArray<z.output<typeof vector>>;

function likeness(vectors: Vectors, a: number, b: number): number {
  const cosine = similarity.bow.cosine(byName(vectors[a]), byName(vectors[b]));
  return Number.isFinite(cosine) ? cosine : 0;
}

/** Both kinds of vectors are weights by a name, if places in a list count as names. */
function byName(weights: Vectors[number] = []): Record<string, number> {
  return Object.fromEntries(Object.entries(weights));
}
