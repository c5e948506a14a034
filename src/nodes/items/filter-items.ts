import { z } from 'zod';
import { defineStage } from '../../activities/define-stage.js';
import { StageFailure } from '../../activities/stage-failure.js';
import type { StageContext } from '../../activities/stage-function.js';
import type { Json } from '../../shared/json.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { itemExpression, valueFor } from './item-expression.js';
import { itemsOf, itemsParam, type Numbered } from './item-source.js';

/** Many items to fewer. Reads files line by line; what it keeps is its output. Pure. */
export const filterItems = defineStage({
  name: 'filter-items',
  description: 'Keeps the items for which an expression is true, and of equal ones the first',
  params: z.strictObject({
    items: itemsParam,
    keep: itemExpression.default('true'),
    /** Of items with the same value of this expression only the first stays. */
    unique_by: itemExpression.nullish(),
  }),
  output: z.object({
    items: z.array(z.json()),
    kept: z.int(),
    dropped: z.int(),
    duplicates: z.int(),
    missing: z.int(),
  }),
  run: async ({ params, ctx }) => {
    const seen = new Set<string>();
    const kept: Json[] = [];
    const counts = { dropped: 0, duplicates: 0, missing: 0 };
    for await (const one of itemsOf(params.items, ctx, () => (counts.missing += 1))) {
      ctx.signal.throwIfAborted();
      if (!isTrue(valueFor(params.keep, one, ctx), one.index)) counts.dropped += 1;
      else if (isKnown(one, seen, { by: params.unique_by, ctx })) counts.duplicates += 1;
      else kept.push(one.item);
    }
    ctx.metrics.add('items_kept', kept.length);
    ctx.metrics.add('items_dropped', counts.dropped + counts.duplicates);
    return { items: kept as z.infer<ReturnType<typeof z.json>>[], kept: kept.length, ...counts };
  },
});

/** Whether an item with the same value was kept before; if not, this one's value is known from now on. */
function isKnown(
  one: Numbered,
  seen: Set<string>,
  { by, ctx }: { readonly by: string | null | undefined; readonly ctx: StageContext },
): boolean {
  if (typeof by !== 'string') return false;
  const key = JSON.stringify(valueFor(by, one, ctx));
  if (seen.has(key)) return true;
  seen.add(key);
  return false;
}

function isTrue(value: Json, index: number): boolean {
  if (typeof value === 'boolean') return value;
  throw new StageFailure(
    `Item ${index}: \`keep\` gave \`${JSON.stringify(value).slice(0, 80)}\`, expected true or false.`,
    { type: ERROR_TYPE.expression, retryable: false },
  );
}
