import type { z } from 'zod';
import type { Json, JsonObject } from '../../shared/json.js';
import type { headerSchema } from '../schema/header-schema.js';
import { BINDS, createRef, type Expr, fieldOf, type Ref, type Resolved, type Widened } from './expr.js';
import { inputSpecs } from './input-spec.js';
import type { GivenInputs, InputRefs, InputSchemas } from './input-types.js';
import type { BindableFields, Nothing, StageList } from './kinds.js';
import { createPipeline, type Pipeline } from './pipeline.js';
import { createStageList, nameOf, nameRef, type StageSource } from './record-stages.js';
import type { Call, FunctionLike, Pages, RunRef } from './stage-types.js';
import { toValue } from './to-value.js';

type Variables = Readonly<Record<string, Json>>;
type Outputs = Readonly<Record<string, unknown>>;
type Header = z.input<typeof headerSchema>;

/** Everything in a definition but its stages, hooks and outputs. */
export interface PipelineHeader<I extends InputSchemas, V extends Variables, S extends string> extends Omit<
  Header,
  '$schema' | 'inputs' | 'variables' | 'secrets' | 'outputs'
> {
  readonly inputs?: I;
  readonly variables?: V;
  readonly secrets?: readonly S[];
}

/** What the stages of a pipeline are made of. */
export interface PipelineParts<I extends InputSchemas, V extends Variables, S extends string> {
  readonly stage: StageList;
  readonly on_success: StageList;
  readonly on_failure: StageList;
  readonly finally: StageList;
  readonly inputs: InputRefs<I>;
  readonly variables: { readonly [K in keyof V]: Ref<WidenedDeep<V[K]>> };
  readonly secrets: { readonly [K in S]: Expr<string> };
  readonly run: RunRef;
  /** A value that a stage has set in the state of the run. */
  readonly state: <T = unknown>(name: string) => Ref<T>;
  /** A metric of the run. */
  readonly metrics: (name: string) => Expr<number>;
  /** A stage function with its params. */
  readonly call: <P extends z.ZodType, O extends z.ZodType>(
    fn: FunctionLike<P, O>,
    params: BindableFields<NonNullable<z.input<P>>>,
  ) => Call<z.output<O>>;
  /** A stage function that gives pages, with its params but the cursor. */
  readonly pages: <P extends z.ZodType, T>(
    fn: FunctionLike<P, z.ZodType<{ readonly items: readonly T[] }>>,
    params: BindableFields<Omit<z.input<P> & object, 'cursor'>>,
  ) => Pages<T>;
}

type WidenedDeep<V> = V extends object ? { readonly [K in keyof V]: WidenedDeep<V[K]> } : Widened<V>;

/** The outputs that a pipeline has, by what its function returns. */
type OutputsOf<R> = R extends Outputs ? { readonly [K in keyof R]: Resolved<R[K]> } : Nothing;

/**
 * Makes the definition of a pipeline, as a YAML file would say it, with everything that its stages give each other
 * checked by the compiler. `build` is called once, here; it adds the stages and returns the outputs. Throws a `TypeError`
 * for an input that a definition cannot have; what else is wrong is told when the definition is loaded.
 */
export function definePipeline<
  R extends Outputs | void,
  I extends InputSchemas = Nothing,
  V extends Variables = Nothing,
  const S extends string = never,
>(
  header: PipelineHeader<I, V, S>,
  build: (parts: PipelineParts<I, V, S>) => R,
): Pipeline<GivenInputs<I>, OutputsOf<R>> {
  const children = new Map<string, Pipeline>();
  const lists = { stages: [], on_success: [], on_failure: [], finally: [] } as Record<
    ListName,
    StageSource[]
  >;
  const recorder = (list: ListName) => ({
    add: (stage: StageSource) => void lists[list].push(stage),
    child: (pipeline: Pipeline) => addChild(children, pipeline),
  });
  // What the methods record has no types; those that they promise are made for the compiler alone.
  const parts: unknown = {
    stage: createStageList(recorder('stages')),
    on_success: createStageList(recorder('on_success')),
    on_failure: createStageList(recorder('on_failure')),
    finally: createStageList(recorder('finally')),
    ...namesOf(header),
  };
  const outputs = build(parts as PipelineParts<I, V, S>);
  const { inputs, ...head } = header;
  const { stages, ...hooks } = lists;
  const definition = {
    ...head,
    ...(inputs === undefined ? {} : { inputs: inputSpecs(inputs) }),
    stages,
    ...Object.fromEntries(Object.entries(hooks).filter(([, list]) => list.length > 0)),
    ...(outputs === undefined ? {} : { outputs: toValue(outputs) }),
  };
  return createPipeline({ name: header.name, definition: definition as unknown as JsonObject, children });
}

type ListName = 'stages' | 'on_success' | 'on_failure' | 'finally';

/** As if the child stood in a file beside the one that is loaded, which is where an export puts it. */
function addChild(children: Map<string, Pipeline>, child: Pipeline): string {
  const reference = `${child.name}.yaml`;
  const known = children.get(reference) ?? child;
  if (known !== child) throw new TypeError(`Two different pipelines are named "${child.name}"; rename one.`);
  children.set(reference, child);
  return reference;
}

function namesOf({
  inputs = {},
  variables = {},
  secrets = [],
}: PipelineHeader<InputSchemas, Variables, string>) {
  const fields = (root: string, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, field(root, name)]));
  return {
    inputs: fields('inputs', Object.keys(inputs)),
    variables: fields('variables', Object.keys(variables)),
    secrets: fields('secrets', secrets),
    run: nameRef('run'),
    state: (name: string) => field('state', name),
    metrics: (name: string) => field('metrics', name),
    call: (fn: FunctionLike, params: unknown) => ({ uses: nameOf(fn), with: params }),
    pages: (fn: FunctionLike, params: unknown) => ({ uses: nameOf(fn), with: params }),
  };
}

function field(root: string, name: string): Ref<unknown> {
  return createRef(fieldOf({ text: root, binds: BINDS.atom }, name));
}
