import { z } from 'zod';
import { BUILT_IN_PREFIX, DEFAULT_VERSION } from '../shared/names.js';
import type { OnRetry } from '../storage/stream/write-stream.js';
import type { StageFunction, StageRun } from './stage-function.js';

/** What a person writes to define a stage function; schemas may be left out. */
export type StageSpec<P extends z.ZodType, O extends z.ZodType, C extends z.ZodType = z.ZodType> = {
  readonly name: string;
  /** Change it when the same params should no longer give the same output. @default "1" */
  readonly version?: string;
  readonly description?: string;
  readonly params?: P;
  readonly output?: O;
  /** For a generator: what each chunk that it yields must fit. */
  readonly chunk?: C;
  /**
   * For a generator: what the chunks of a failed attempt are worth.
   * - `restart`: the next attempt begins anew, and readers are told.
   * - `continue`: the next attempt is told how many there are (`published`) and goes on after them.
   *
   * @default "restart"
   */
  readonly onRetry?: OnRetry;
  readonly run: StageRun<P, O, C>;
};

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,199}$/;

/**
 * Makes a stage function that definitions name with `uses`. Params and output are checked by their zod schemas on
 * every attempt; without `params` the stage takes none, without `output` it may return any JSON.
 * Throws a `TypeError` when the name could not be a Temporal activity type of its own.
 */
export function defineStage<
  P extends z.ZodType = typeof noParams,
  O extends z.ZodType = typeof anyOutput,
  C extends z.ZodType = typeof anyOutput,
>(spec: StageSpec<P, O, C>): StageFunction<P, O, C> {
  const problem = problemOf(spec.name, spec.run);
  if (problem !== null) throw new TypeError(problem);
  return {
    name: spec.name,
    version: spec.version ?? DEFAULT_VERSION,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    params: spec.params ?? (noParams as z.ZodType as P),
    output: spec.output ?? (anyOutput as z.ZodType as O),
    ...(spec.chunk === undefined ? {} : { chunk: spec.chunk }),
    ...(spec.onRetry === undefined ? {} : { onRetry: spec.onRetry }),
    run: spec.run,
  };
}

/** What is wrong with a stage function's name or body, or null. */
export function problemOf(name: unknown, run: unknown): string | null {
  if (typeof name === 'string' && name.startsWith(BUILT_IN_PREFIX)) {
    return `A stage function cannot be named "${name}": names that begin with "${BUILT_IN_PREFIX}" belong to built-in stage functions.`;
  }
  if (typeof name !== 'string' || !NAME.test(name)) {
    const shown = typeof name === 'string' ? `"${name}"` : `\`${String(name)}\` (${typeof name})`;
    return `A stage function cannot be named ${shown}. Use letters, digits, "_", "-" and ".", and begin with a letter or digit.`;
  }
  if (name.startsWith('sluice.')) {
    return `A stage function cannot be named "${name}": names that begin with "sluice." belong to built-in stages.`;
  }
  if (typeof run !== 'function') return `The stage function "${name}" needs a \`run\` function.`;
  return null;
}

// These stand in exactly where the type parameter was left at its own default.
const noParams = z.strictObject({}).nullish();
const anyOutput = z.unknown();
