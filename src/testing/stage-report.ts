import type { StageContext, StageFunction } from '../activities/stage-function.js';
import type { Json, JsonObject } from '../shared/json.js';
import type { LogLine } from '../storage/log-line.js';

/** What a stage wrote into its log. */
export type StageLogLine = Pick<LogLine, 'level' | 'message' | 'fields'>;

/** What an attempt did until it ended. */
export type StageReport = {
  /** What it has set. */
  readonly state: JsonObject;
  readonly metrics: Readonly<Record<string, number>>;
  readonly logs: readonly StageLogLine[];
  readonly progress: ReadonlyArray<{ readonly fraction: number; readonly message?: string }>;
  /** What it kept with `ctx.checkpoint`, in order. */
  readonly checkpoints: readonly Json[];
};

/** A report in the making. */
export type Watched = {
  readonly state: Record<string, Json>;
  readonly metrics: Record<string, number>;
  readonly progress: { readonly fraction: number; readonly message?: string }[];
  readonly checkpoints: Json[];
};

/** The stage function, with every call of its context noted once the context has accepted it. */
export function watchStage(stage: StageFunction, seen: Watched): StageFunction {
  return { ...stage, run: ({ ctx, ...rest }) => stage.run({ ...rest, ctx: watchContext(ctx, seen) }) };
}

function watchContext(ctx: StageContext, seen: Watched): StageContext {
  const count = (name: string, amount: number): void => {
    seen.metrics[name] = (seen.metrics[name] ?? 0) + amount;
  };
  const watching: Partial<StageContext> = {
    progress: (fraction, message) => {
      ctx.progress(fraction, message);
      seen.progress.push(message === undefined ? { fraction } : { fraction, message });
    },
    checkpoint: (value) => {
      ctx.checkpoint(value);
      seen.checkpoints.push(value);
    },
    state: {
      get: (key) => ctx.state.get(key),
      set: (key, value) => {
        ctx.state.set(key, value);
        seen.state[key] = value;
      },
    },
    metrics: {
      add: (name, amount) => {
        ctx.metrics.add(name, amount);
        count(name, amount);
      },
      spend: (name, amount) => {
        ctx.metrics.spend(name, amount);
        count(name, amount);
      },
    },
  };
  // The rest of a context is made on first use, so it must not be copied.
  return Object.assign(Object.create(ctx) as StageContext, watching);
}
