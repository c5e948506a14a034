import type { z } from 'zod';
import type { CanaryReport } from '../../engine/canary.js';
import type { canarySchema } from '../schema/canary-schema.js';
import type { Bindable, Expr, Ref, Resolved } from './expr.js';
import type { InputSchemas, InputValues } from './input-types.js';
import type { Pipeline } from './pipeline.js';
import type {
  Approval,
  ApprovalOutput,
  Collected,
  Command,
  EachOptions,
  Found,
  FunctionLike,
  Gate,
  GateOutput,
  HttpOutput,
  HttpRequest,
  CachedOptions,
  ItemIn,
  Over,
  RunOptions,
  Stage,
  StageOptions,
  UsesOptions,
  WaitFor,
  WorkOptions,
} from './stage-types.js';

/** How often the action of a stage runs: once, for each item, or for each batch of items. */
export type Times = null | { readonly each: EachOptions } | { readonly batches: EachOptions };

type Given<T extends Times, O> = T extends { readonly each: infer M }
  ? Collected<M, O>
  : T extends { readonly batches: infer M }
    ? Collected<M, O extends readonly (infer R)[] ? R : unknown>
    : O;

/** No inputs, no options: what is the case when nobody said anything. */
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- an object without keys that are known
export type Nothing = Record<never, never>;

/** What the type of an output is: the one that was said, or else the one that is known. */
type Said<T, Known> = [T] extends [never] ? Known : T;

type AnyParams = z.ZodType<unknown, Readonly<Record<string, unknown>>>;

/** Values for params or inputs: of each one, or of what a run makes it. */
export type BindableFields<T> = T extends object ? { readonly [K in keyof T]: Bindable<T[K]> } : T;

/** Options with a `with` that must be there when something in it must. */
type Rest<T, Options> = Nothing extends T
  ? [options?: Options & { readonly with?: BindableFields<T> }]
  : [options: Options & { readonly with: BindableFields<T> }];

/** Adds stages, one method for each kind. IDs are unique in a pipeline. */
export interface Kinds<N extends Times> {
  /** Runs a stage function. One that is only named, such as one in another language, has the output type that you say. */
  uses<
    T = never,
    P extends z.ZodType = AnyParams,
    O extends z.ZodType = z.ZodUnknown,
    C extends z.ZodType = z.ZodUnknown,
  >(
    id: string,
    fn: FunctionLike<P, O, C> | string,
    ...rest: Rest<z.input<P>, UsesOptions<NoInfer<Said<T, z.output<O>>>>>
  ): Stage<Given<N, Said<T, z.output<O>>>, N extends null ? z.output<C> : unknown>;
  /** Runs a command. */
  run<T = unknown>(id: string, command: Command, options?: RunOptions<NoInfer<T>>): Stage<Given<N, T>>;
  /** Sends a request. `T` is the type of the answer's body. */
  http<T = unknown>(
    id: string,
    request: HttpRequest,
    options?: CachedOptions<HttpOutput<NoInfer<T>>>,
  ): Stage<Given<N, HttpOutput<T>>>;
  /** Runs another pipeline: one made with `definePipeline`, a path relative to the file that is loaded, or a configured name. */
  pipeline<T = never, I = Readonly<Record<string, unknown>>, O = unknown>(
    id: string,
    child: Pipeline<I, O> | string,
    ...rest: Rest<I, WorkOptions<NoInfer<Said<T, O>>>>
  ): Stage<Given<N, Said<T, O>>>;
  /** Checks that must hold. */
  gate(id: string, gate: Gate, options?: StageOptions<GateOutput>): Stage<Given<N, GateOutput>>;
  /** Computes values. */
  set<V = null>(
    id: string,
    values: { readonly output?: V; readonly state?: Readonly<Record<string, unknown>> },
    options?: StageOptions<Resolved<NoInfer<V>>>,
  ): Stage<Given<N, Resolved<V>>>;
  /** Looks again and again until something is true. */
  wait_for<const W extends WaitFor>(
    id: string,
    target: W,
    options?: StageOptions<Found<NoInfer<W>>> & Pick<WorkOptions<unknown>, 'task_queue'>,
  ): Stage<Given<N, Found<W>>>;
  /** Waits for a duration. */
  sleep(
    id: string,
    duration: string | number | Expr<string | number>,
    options?: StageOptions<Waited>,
  ): Stage<Given<N, Waited>>;
  /** Waits until an ISO 8601 time. */
  until(id: string, time: string | Expr<string>, options?: StageOptions<Waited>): Stage<Given<N, Waited>>;
}

type Waited = { readonly until: string };

type CanaryOptions = StageOptions<CanaryReport> & Pick<WorkOptions<unknown>, 'task_queue'>;

/** The stages of a pipeline, or one list of its hooks. */
export interface StageList extends Kinds<null> {
  /** Waits for people. */
  approval<F extends InputSchemas = Nothing>(
    id: string,
    approval: Approval<F>,
    options?: StageOptions<InputValues<F> & ApprovalOutput>,
  ): Stage<InputValues<F> & ApprovalOutput>;
  /** Moves the traffic of a service to a new version in steps, and measures it. */
  canary(
    id: string,
    canary: BindableFields<z.input<typeof canarySchema>>,
    options?: CanaryOptions,
  ): Stage<CanaryReport>;
  /** Makes stages that run once for each item of a list, a range, pages, or of what another stage yields. */
  each<const V extends Over, const M extends EachOptions = Nothing>(over: V, options?: M): Each<V, M>;
  /** The same for batches of items: the stages see the list of them, and give a list with a result for each. */
  batches<const V extends Over, const M extends EachOptions = Nothing>(over: V, options?: M): Batches<V, M>;
}

export interface Each<V, M extends EachOptions> extends Kinds<{ readonly each: M }> {
  readonly item: Ref<ItemIn<V>>;
  /** The position of the item, from 0. */
  readonly index: Expr<number>;
}

export interface Batches<V, M extends EachOptions> extends Kinds<{ readonly batches: M }> {
  readonly batch: Ref<ItemIn<V>[]>;
  /** The position of the first item of the batch, from 0. */
  readonly index: Expr<number>;
}
