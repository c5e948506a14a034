import type { EarlierRun, NextRun } from '../../src/client/resume/verdict.js';
import type { StagePlan } from '../../src/engine/plan.js';
import type { StageResult } from '../../src/engine/result.js';
import type { ReusedRun } from '../../src/engine/reuse.js';
import { RunLedger } from '../../src/engine/run-ledger.js';
import { type StageOutcome, type StageRecord, toStageResult } from '../../src/engine/stage-record.js';
import { evaluateCondition } from '../../src/expressions/evaluate.js';
import type { Scope, StageScope } from '../../src/expressions/scope.js';
import { resolveTemplate } from '../../src/expressions/template.js';
import type { Json, JsonObject } from '../../src/shared/json.js';
import type { RunFacts } from '../../src/shared/task.js';
import { restoreReused } from '../../src/workflows/restore-reused.js';

/** What stage code sees; it must be pure. */
export type SimulatedTask = { readonly stage: StagePlan; readonly params: Json; readonly state: JsonObject };

export type SimulationOptions = {
  readonly execute: (task: SimulatedTask) => StageOutcome;
  readonly reuse?: ReusedRun;
  /** Which of the running stages ends next. @default the first */
  readonly pick?: (running: readonly string[]) => string | undefined;
  /** Ends the run after so many ends of stages: told to stop, or simply gone. */
  readonly kill?: { readonly after: number; readonly how: 'cancel' | 'terminate' } | null;
};

export type Simulated = {
  readonly ledger: RunLedger;
  readonly executed: ReadonlySet<string>;
  readonly state: JsonObject;
  readonly metrics: Readonly<Record<string, number>>;
  /** The run as a planner of resumes reads it. */
  readonly earlier: EarlierRun;
};

/** Plays a run as the workflow would, with functions instead of activities. */
export function simulateRun(run: NextRun, options: SimulationOptions): Simulated {
  return new Simulation(run, options).play();
}

const FACTS: RunFacts = {
  id: 'run',
  workflow_id: 'example/run',
  pipeline: 'example',
  version: '1.0.0',
  mode: null,
  attempt: 1,
  started_at: '2026-01-01T00:00:00.000Z',
  scheduled_at: '2026-01-01T00:00:00.000Z',
};

class Simulation {
  readonly #run: NextRun;
  readonly #options: SimulationOptions;
  readonly #state: Record<string, Json> = {};
  readonly #metrics: Record<string, number> = {};
  readonly #stages: Record<string, StageScope> = {};
  readonly #scope: Scope;
  readonly #ledger: RunLedger;
  readonly #executed = new Set<string>();
  readonly #tasks = new Map<string, SimulatedTask | StageOutcome>();
  #clock = 1;

  constructor(run: NextRun, options: SimulationOptions) {
    this.#run = run;
    this.#options = options;
    const { plan, inputs, variables } = run;
    this.#scope = {
      inputs,
      variables,
      stages: this.#stages,
      state: this.#state,
      metrics: this.#metrics,
      run: FACTS,
    };
    this.#ledger = new RunLedger(plan.stages, {
      scheduling: plan.scheduling,
      failure: plan.failure,
      maxRunning: plan.max_parallel_stages ?? 100,
      selected: null,
      judge: (stage) => this.#judge(stage),
      onEnd: (record) => this.#remember(record),
    });
    const memory = { merge: (...given: Parameters<Simulation['merge']>) => this.merge(...given) };
    if (options.reuse !== undefined) restoreReused(options.reuse, this.#ledger, memory, 0);
  }

  merge(state: JsonObject | undefined, metrics: Readonly<Record<string, number>> | undefined): void {
    Object.assign(this.#state, state);
    for (const [name, amount] of Object.entries(metrics ?? {}))
      this.#metrics[name] = (this.#metrics[name] ?? 0) + amount;
  }

  play(): Simulated {
    for (let ends = 0; ; ends += 1) {
      const { kill } = this.#options;
      if (ends === kill?.after) {
        if (kill.how === 'terminate') return this.#result();
        for (const id of this.#ledger.running) this.#tasks.set(id, { status: 'cancelled', attempts: 1 });
        this.#ledger.stop('cancelled', (this.#clock += 1));
      }
      for (const stage of this.#ledger.startable((this.#clock += 1))) this.#start(stage);
      const running = [...this.#ledger.running];
      if (running.length === 0) return this.#result();
      this.#end(this.#options.pick?.(running) ?? running[0] ?? '');
    }
  }

  #start(stage: StagePlan): void {
    this.#executed.add(stage.id);
    if (stage.action.kind !== 'uses') throw new Error('Only function stages are simulated.');
    try {
      const params = resolveTemplate(stage.action.with, this.#scope).value;
      this.#tasks.set(stage.id, { stage, params, state: { ...this.#state } });
    } catch (error) {
      this.#tasks.set(stage.id, expressionFailure(stage, error));
    }
  }

  #end(id: string): void {
    const task = this.#tasks.get(id);
    if (task === undefined) throw new Error(`Stage "${id}" was not started.`);
    const outcome = 'status' in task ? task : this.#options.execute(task);
    if (outcome.status === 'succeeded') this.merge(outcome.state, outcome.metrics);
    this.#ledger.end(id, outcome, (this.#clock += 1));
  }

  #judge(stage: StagePlan): StageOutcome | null {
    if (stage.condition === null) return null;
    try {
      const holds = evaluateCondition(stage.condition, this.#scope);
      return holds ? null : { status: 'skipped', skip_reason: 'condition' };
    } catch (error) {
      return expressionFailure(stage, error);
    }
  }

  #remember({ plan, outcome, status }: StageRecord): void {
    this.#stages[plan.id] = {
      output: status === 'failed' ? null : (outcome?.output ?? null),
      status: status === 'reused' ? 'succeeded' : status,
      metrics: outcome?.metrics ?? {},
      error: outcome?.error ?? null,
    };
  }

  #result(): Simulated {
    const stages: Record<string, StageResult> = {};
    for (const record of this.#ledger.records) stages[record.plan.id] = toStageResult(record);
    const { workflow_id, id: run_id } = FACTS;
    return {
      ledger: this.#ledger,
      executed: this.#executed,
      state: this.#state,
      metrics: this.#metrics,
      earlier: {
        ...this.#run,
        workflow_id,
        run_id,
        status: 'failed',
        forced: false,
        facts: FACTS,
        stages,
        result: { outputs: {}, duration_ms: 0 },
        order: this.#ledger.ended.map((record) => record.plan.id),
        undone: new Set(),
        leftOver: new Set(),
        amended: { variables: new Set(), params: new Set() },
      },
    };
  }
}

function expressionFailure(stage: StagePlan, error: unknown): StageOutcome {
  if (!(error instanceof Error) || error.name !== 'ExpressionError') throw error;
  return {
    status: 'failed',
    error: { type: 'ExpressionError', message: error.message, stage: stage.id },
    attempts: 1,
  };
}
