import { z } from 'zod';
import type { StageContext } from '../../activities/stage-function.js';
import type { Json } from '../../shared/json.js';

/** A list of values, or the file of a `map` with `collect: file`. */
export const itemsParam = z.union([
  // Whatever a stage gave is JSON; its type may be narrower than that of any JSON.
  z.array(z.unknown()),
  z.object({ sha256: z.string(), name: z.string().optional() }),
]);

export type Numbered = { readonly item: Json; readonly index: number };

/** The items one by one with their positions; null ones, which stand for failed items of a map, are told to `onMissing`. */
export async function* itemsOf(
  source: z.output<typeof itemsParam>,
  ctx: StageContext,
  onMissing: () => void,
): AsyncGenerator<Numbered> {
  let index = -1;
  const items = Array.isArray(source) ? (source as readonly Json[]) : ctx.artifacts.lines(pointer(source));
  for await (const item of items) {
    index += 1;
    if (item === null) onMissing();
    else yield { item, index };
  }
}

function pointer({ sha256, name }: { readonly sha256: string; readonly name?: string | undefined }) {
  return name === undefined ? { sha256 } : { sha256, name };
}
