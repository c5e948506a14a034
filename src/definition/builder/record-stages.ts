import type { z } from 'zod';
import { BINDS, createRef, type Expr, fieldOf, isExpr } from './expr.js';
import { inputSpecs } from './input-spec.js';
import type { Kinds, StageList, Times } from './kinds.js';
import { isPipeline, type Pipeline } from './pipeline.js';
import type { FunctionLike, Over, Stage } from './stage-types.js';
import { toBare, toValue } from './to-value.js';

type Keys = Readonly<Record<string, unknown>>;

/** A stage as a definition says it. */
export type StageSource = Keys & { readonly id: string };

/** Where a builder writes what it is told. */
export type Recorder = {
  add(stage: StageSource): void;
  /** Gives the name by which a stage runs a pipeline of this definition's own. */
  child(pipeline: Pipeline): string;
};

/** The stages of a definition, or one list of its hooks: what its methods are told is recorded in order. */
export function createStageList(recorder: Recorder): StageList {
  const list: unknown = {
    ...createKinds(recorder, {}),
    approval: (
      id: string,
      { fields, ...approval }: Keys & { fields?: Record<string, z.ZodType> },
      options?: Keys,
    ) =>
      record(recorder, id, {
        approval: { ...approval, ...(fields === undefined ? {} : { fields: inputSpecs(fields) }) },
        ...options,
      }),
    canary: (id: string, canary: unknown, options?: Keys) => record(recorder, id, { canary, ...options }),
    each: (over: Over, options: Keys = {}) => ({
      ...createKinds(recorder, { map: { over: sourceOf(over), ...options } }),
      item: nameRef(typeof options['as'] === 'string' ? options['as'] : 'item'),
      index: nameRef('index'),
    }),
    batches: (over: Over, options: Keys = {}) => ({
      ...createKinds(recorder, { map: { over: sourceOf(over), ...options } }),
      batch: nameRef('batch'),
      index: nameRef('index'),
    }),
  };
  return list as StageList;
}

/** A stage whose chunks a map goes over is named by its ID. */
function sourceOf(over: Over): unknown {
  if (isExpr(over) || !('stream' in over)) return over;
  return { stream: over.stream.id };
}

/** `base` has what all the stages share. */
function createKinds(recorder: Recorder, base: Keys): Kinds<Times> {
  const add = (id: string, keys: Keys, options: Keys = {}): Stage =>
    record(recorder, id, { ...base, ...keys, ...options });
  const kinds: unknown = {
    uses: (id: string, fn: FunctionLike | string, options?: Keys) => add(id, { uses: nameOf(fn) }, options),
    run: (id: string, run: unknown, options?: Keys) => add(id, { run }, options),
    http: (id: string, http: unknown, options?: Keys) => add(id, { http }, options),
    pipeline: (id: string, child: Pipeline | string, options?: Keys) =>
      add(id, { pipeline: isPipeline(child) ? recorder.child(child) : child }, options),
    gate: (id: string, gate: unknown, options?: Keys) => add(id, { gate }, options),
    set: (id: string, set: unknown, options?: Keys) => add(id, { set }, options),
    wait_for: (id: string, target: unknown, options?: Keys) => add(id, { wait_for: target }, options),
    sleep: (id: string, sleep: unknown, options?: Keys) => add(id, { sleep }, options),
    until: (id: string, until: unknown, options?: Keys) => add(id, { until }, options),
  };
  return kinds as Kinds<Times>;
}

function record(recorder: Recorder, id: string, keys: Keys): Stage {
  const stage = stageHandle(id);
  const { condition, depends_on: before, gate, undo, ...rest } = keys;
  recorder.add({
    id,
    ...(toValue(rest) as Keys),
    ...(before === undefined ? {} : { depends_on: idsOf(before) }),
    ...(condition === undefined ? {} : { condition: toBare(condition) }),
    ...(gate === undefined ? {} : { gate: bareChecks(gate as Keys) }),
    ...(undo === undefined ? {} : { undo: toValue(typeof undo === 'function' ? undo(stage) : undo) }),
  });
  return stage;
}

function stageHandle(id: string): Stage {
  const own = fieldOf({ text: 'stages', binds: BINDS.atom }, id);
  const names = ['output', 'status', 'metrics', 'error'];
  const handle: unknown = {
    id,
    ...Object.fromEntries(names.map((name) => [name, createRef(fieldOf(own, name))])),
  };
  return Object.freeze(handle) as Stage;
}

function idsOf(before: unknown): string | readonly string[] {
  return Array.isArray(before) ? before.map((stage: Stage) => stage.id) : (before as Stage).id;
}

function bareChecks(gate: Keys): Keys {
  const checks = (gate['checks'] as readonly Keys[]).map((check) => ({
    ...check,
    assert: toBare(check['assert']),
  }));
  return { ...gate, checks };
}

/** The name of a stage function that is given itself or by name. */
export function nameOf(fn: FunctionLike | string): string {
  return typeof fn === 'string' ? fn : fn.name;
}

/** A name of expressions, such as `item`. */
export function nameRef<T>(name: string): Expr<T> {
  return createRef<T>({ text: name, binds: BINDS.atom });
}
