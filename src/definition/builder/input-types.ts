import type { z } from 'zod';
import type { Ref } from './expr.js';

/** Inputs of a pipeline or fields of an approval, as zod schemas. */
export type InputSchemas = Readonly<Record<string, z.ZodType>>;

/** What a run is given. */
export type GivenInputs<I extends InputSchemas> = z.input<z.ZodObject<{ -readonly [K in keyof I]: I[K] }>>;

/** What a run then knows: an optional input that is not given is null. */
export type InputValues<I extends InputSchemas> = {
  readonly [K in keyof I]: undefined extends z.output<I[K]>
    ? Exclude<z.output<I[K]>, undefined> | null
    : z.output<I[K]>;
};

export type InputRefs<I extends InputSchemas> = {
  readonly [K in keyof InputValues<I>]: Ref<InputValues<I>[K]>;
};
