import { z } from 'zod';
import { defineStage } from '../../activities/define-stage.js';
import type { Json } from '../../shared/json.js';
import { itemExpression, valueFor } from './item-expression.js';
import { itemsOf, itemsParam } from './item-source.js';
import { MEASURES, measure } from './measure.js';

const measureParam = z.strictObject({ of: itemExpression, by: z.enum(MEASURES) });

/** Many items to one: counts and figures, of all and by group. Reads files line by line. Pure. */
export const aggregateItems = defineStage({
  name: 'aggregate-items',
  description: 'Counts items and brings their values together, of all and by group',
  params: z.strictObject({
    items: itemsParam,
    /** Items with the same value of this expression are a group. */
    group_by: itemExpression.nullish(),
    measures: z
      .record(z.string().regex(/^\w+$/, 'expected letters, digits and "_"'), measureParam)
      .default({}),
    /** Stands between the texts of measures by `join`. */
    separator: z.string().default('\n\n'),
  }),
  output: z.object({
    count: z.int(),
    missing: z.int(),
    measures: z.record(z.string(), z.json()),
    /** The largest group first; equal ones by key. */
    groups: z.array(
      z.object({
        key: z.json(),
        count: z.int(),
        share: z.number(),
        measures: z.record(z.string(), z.json()),
      }),
    ),
  }),
  run: async ({ params, ctx }) => {
    const all = new Group(null, params);
    const groups = new Map<string, Group>();
    let missing = 0;
    for await (const one of itemsOf(params.items, ctx, () => (missing += 1))) {
      ctx.signal.throwIfAborted();
      const values = Object.values(params.measures).map(({ of }) => valueFor(of, one, ctx));
      all.add(values);
      if (typeof params.group_by !== 'string') continue;
      const key = valueFor(params.group_by, one, ctx);
      const name = JSON.stringify(key);
      const group = groups.get(name) ?? new Group(key, params);
      groups.set(name, group);
      group.add(values);
    }
    ctx.metrics.add('items_in', all.count);
    const ordered = [...groups].toSorted(
      ([nameA, a], [nameB, b]) => b.count - a.count || (nameA < nameB ? -1 : 1),
    );
    return {
      count: all.count,
      missing,
      measures: all.measures,
      groups: ordered.map(([, group]) => ({
        key: group.key,
        count: group.count,
        share: group.count / all.count,
        measures: group.measures,
      })),
    };
  },
});

type Params = z.output<typeof aggregateItems.params>;
type JsonValue = z.infer<ReturnType<typeof z.json>>;

/** What is known of a group; values are kept by measure because medians and joins need them all. */
class Group {
  readonly #key: Json;
  readonly #params: Params;
  readonly #values: readonly Json[][];
  count = 0;

  constructor(key: Json, params: Params) {
    this.#key = key;
    this.#params = params;
    this.#values = Object.keys(params.measures).map(() => []);
  }

  add(values: readonly Json[]): void {
    this.count += 1;
    for (const [place, value] of values.entries()) this.#values[place]?.push(value);
  }

  get key(): JsonValue {
    return this.#key as JsonValue;
  }

  get measures(): Record<string, JsonValue> {
    const { measures, separator } = this.#params;
    const entries = Object.entries(measures).map(([name, { by }], place) => [
      name,
      measure(this.#values[place] ?? [], { by, name, separator }),
    ]);
    return Object.fromEntries(entries) as Record<string, JsonValue>;
  }
}
