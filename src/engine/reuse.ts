import type { FinalStatus, StageResult } from './result.js';
import { isoTime, type StageOutcome } from './stage-record.js';

/**
 * - `resume`: goes on where an earlier run ended.
 * - `fork`: begins at a stage of an earlier run, with other inputs or another definition.
 * - `rerun`: repeats an earlier run as a whole.
 */
export type Continuation = 'resume' | 'fork' | 'rerun';

/** The earlier run that a run was made from. `run_id` is that of its first execution. */
export type RunOrigin = {
  readonly how: Continuation;
  readonly workflow_id: string;
  readonly run_id: string;
};

/** What a run takes over from an earlier one. */
export type ReusedRun = {
  readonly how: Continuation;
  readonly from: { readonly workflow_id: string; readonly run_id: string };
  /** `run.scheduled_at` of the earlier run: the new one is about the same moment. */
  readonly scheduled_at?: string;
  /** Stages that do not run again, in the order in which they ended. */
  readonly stages: ReadonlyArray<readonly [id: string, result: StageResult]>;
  /**
   * Those of the stages that runs executed which did not succeed and took nothing back: nobody answers for them but the
   * new run, which undoes them when it does not succeed either.
   */
  readonly left_over?: readonly string[];
  /** What the items gave that are done of fan-outs that go on, by stage. */
  readonly gains?: Readonly<Record<string, StageGains>>;
};

/** What a stage gave to the run beside its output. */
export type StageGains = Partial<Pick<StageResult, 'state' | 'metrics' | 'versions'>>;

/** An outcome with what an earlier run gained of the same stage. */
export function withGains(outcome: StageOutcome, gains: StageGains | undefined): StageOutcome {
  if (gains === undefined) return outcome;
  const metrics: Record<string, number> = { ...gains.metrics };
  for (const [name, amount] of Object.entries(outcome.metrics ?? {}))
    metrics[name] = (metrics[name] ?? 0) + amount;
  return {
    ...outcome,
    metrics,
    ...(gains.state === undefined ? {} : { state: { ...gains.state, ...outcome.state } }),
    ...(gains.versions === undefined ? {} : { versions: { ...gains.versions, ...outcome.versions } }),
  };
}

/** Where a run comes from, as its result shows it. */
export function originOf(reuse: ReusedRun | undefined): RunOrigin | undefined {
  return reuse === undefined ? undefined : { how: reuse.how, ...reuse.from };
}

/** The result of a stage of an earlier run, as the new run shows it. Keeps the run that really executed the stage. */
export function reusedResult(
  result: StageResult,
  from: { readonly workflow_id: string },
  now: number,
): StageResult<FinalStatus> {
  return {
    ...result,
    status: 'reused',
    attempts: 0,
    started_at: null,
    ended_at: isoTime(now),
    duration_ms: null,
    reused_from: result.reused_from ?? from.workflow_id,
  };
}
