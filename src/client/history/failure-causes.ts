import { shareOf } from './distribution.js';
import type { PastRun } from './read-runs.js';

/** Failures of the same kind at the same place. */
export type FailureCause = {
  readonly pipeline: string;
  /** Empty where no stage was at fault; in a child pipeline the path of IDs. */
  readonly stage: string;
  readonly type: string;
  readonly count: number;
  /** Of all failures. */
  readonly share: number | null;
  readonly last: { readonly workflow_id: string; readonly ended_at: string; readonly message: string };
};

/** Runs that left no word on why they failed. */
const UNKNOWN = 'unknown';

/** Why runs failed, the most frequent cause first. */
export function failureCauses(ended: readonly PastRun[]): readonly FailureCause[] {
  const failed = ended.filter(({ status }) => status === 'failed' || status === 'timed_out');
  const causes = new Map<string, FailureCause>();
  for (const run of failed) {
    const error = run.summary?.error;
    const stage = error?.stage ?? run.failed_stages[0] ?? '';
    const type = error?.type ?? (run.status === 'timed_out' ? 'TimeoutError' : UNKNOWN);
    const key = JSON.stringify([run.pipeline, stage, type]);
    const known = causes.get(key);
    const count = (known?.count ?? 0) + 1;
    const last = {
      workflow_id: run.workflow_id,
      ended_at: run.ended_at ?? run.started_at,
      message: error?.message ?? '',
    };
    causes.set(key, {
      pipeline: run.pipeline,
      stage,
      type,
      count,
      share: shareOf(count, failed.length),
      last: known === undefined || known.last.ended_at < last.ended_at ? last : known.last,
    });
  }
  return [...causes.values()].sort(
    (a, b) => b.count - a.count || (a.last.ended_at < b.last.ended_at ? 1 : -1),
  );
}
