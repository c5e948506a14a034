import type { z } from 'zod';
import type { Json } from '../shared/json.js';
import type { ArtifactRef, RunFacts } from '../shared/task.js';
import type { OnRetry } from '../storage/stream/write-stream.js';
import type { ArtifactPointer } from './read-artifact.js';
import type { RunBudget } from './run-budget.js';

/** A registered function that a `uses` stage names. Made by {@link defineStage}. */
export type StageFunction<
  P extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
  C extends z.ZodType = z.ZodType,
> = {
  /** Letters, digits, `_`, `-` and `.`; also the Temporal activity type. */
  readonly name: string;
  /** Part of cache keys and of the verdict of a resume. @default "1" */
  readonly version: string;
  readonly description?: string;
  readonly params: P;
  readonly output: O;
  /** What each chunk must fit that the function yields; absent where any JSON does. */
  readonly chunk?: C;
  /** What becomes of the chunks of an attempt that failed. @default "restart" */
  readonly onRetry?: OnRetry;
  readonly run: StageRun<P, O, C>;
};

/**
 * The body of a stage function. A generator yields chunks, which readers get as they come; what it returns is the
 * output, or `{ chunks, bytes }` where it returns nothing.
 */
export type StageRun<P extends z.ZodType, O extends z.ZodType, C extends z.ZodType> = (task: {
  readonly params: z.output<P>;
  readonly ctx: StageContext;
  /** With `onRetry: 'continue'`: how many chunks earlier attempts gave, after which this one goes on. */
  readonly published: number;
}) => Promise<z.input<O>> | z.input<O> | AsyncGenerator<z.input<C>, z.input<O> | void, void>;

/** What a stage function gets beside its params. */
export type StageContext = {
  readonly run: RunFacts;
  readonly stage: { readonly id: string; readonly name: string };
  /** The number of this attempt, from 1. */
  readonly attempt: number;
  /** The position of the item of a map that this is the work of, from 0; of a whole batch that of its first item. */
  readonly item?: number;
  /** The same for every attempt of this stage in this run: pass it to services that de-duplicate. */
  readonly idempotencyKey: string;
  /** Aborted when the stage is cancelled, times out, or its worker shuts down. */
  readonly signal: AbortSignal;
  readonly log: StageLogger;
  /** Shows progress to watchers. `fraction` is 0 to 1. */
  progress(fraction: number, message?: string): void;
  /** Keeps a value for the next attempt, should this one die. */
  checkpoint(value: Json): void;
  /** The last value an earlier attempt gave to {@link StageContext.checkpoint}; undefined on the first. */
  readonly lastCheckpoint: Json | undefined;
  readonly state: { get(key: string): Json | undefined; set(key: string, value: Json): void };
  readonly metrics: StageMetricsGiven;
  /** What all stages of the run spend together, on whichever workers they run. */
  budget(name: string): RunBudget;
  readonly artifacts: StageArtifacts;
  /** Reads a secret that the definition names. Throws `SecretMissing` when it is not named or not set. */
  readonly secrets: { get(name: string): string };
};

/** Counters of the stage, which the run adds up. */
type StageMetricsGiven = {
  add(name: string, amount: number): void;
  /**
   * As `add`, of what the attempt uses up, such as money: a result out of a cache brings none of it again, but tells under
   * `NAME_saved` what it would have been.
   */
  spend(name: string, amount: number): void;
};

/** Files that stages of a run give each other, and people. */
export type StageArtifacts = {
  /** Keeps a file, and gives what names it: put that into the output for a stage that is to read it. */
  write(name: string, data: string | Uint8Array): Promise<ArtifactRef>;
  /** The bytes of an artifact, checked against their hash; `ref` is what the output of another stage holds. */
  read(ref: ArtifactPointer): Promise<Uint8Array>;
  /**
   * The values of an artifact in JSON Lines one by one, such as what a `map` with `collect: file` collected: line n is
   * the result of item n, null for a failed one. Memory does not grow with the file.
   */
  lines(ref: ArtifactPointer): AsyncIterable<Json>;
};

/** Writes to the stage's log, which `sluice logs` shows. `fields` are kept beside the message. */
export type StageLogger = Record<
  'debug' | 'info' | 'warn' | 'error',
  (message: string, fields?: Readonly<Record<string, unknown>>) => void
>;
