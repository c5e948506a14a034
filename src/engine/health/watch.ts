import type { AlertRule } from '../alert-rule.js';
import type { Plan } from '../plan.js';

/** What somebody who looks at a run from outside needs of its plan. It lies in the run's memo, so that a list has it. */
export type RunWatch = {
  /** How old the data of the pipeline may get. */
  readonly max_age_ms?: number;
  readonly deadline_ms?: number;
  readonly deadline_at?: string;
  /** Queues of stages that name one. */
  readonly task_queues?: readonly string[];
  /** Rules that a monitor evaluates. */
  readonly alerts?: readonly AlertRule[];
};

/** The key of a {@link RunWatch} in the memo of a run. */
export const WATCH_MEMO = 'watch';

type Watched = Pick<Plan, 'freshness' | 'deadline_ms' | 'deadline_at' | 'alerts'> & {
  readonly stages: ReadonlyArray<{ readonly task_queue?: string | null }>;
};

/** Null for a plan that asks for nothing of this. */
export function watchOf(plan: Watched): RunWatch | null {
  const { freshness, deadline_ms, deadline_at = null } = plan;
  const queues = new Set(plan.stages.flatMap(({ task_queue }) => task_queue ?? []));
  const alerts = (plan.alerts ?? []).filter(({ by }) => by === 'monitor');
  const watch: RunWatch = {
    ...(freshness === undefined ? {} : { max_age_ms: freshness.max_age_ms }),
    ...(deadline_ms === null ? {} : { deadline_ms }),
    ...(deadline_at === null ? {} : { deadline_at }),
    ...(queues.size === 0 ? {} : { task_queues: [...queues].slice(0, MOST_QUEUES) }),
    ...(alerts.length === 0 ? {} : { alerts }),
  };
  return Object.keys(watch).length === 0 ? null : watch;
}

/** A memo is read with every line of a list. */
const MOST_QUEUES = 20;

/** What a memo holds, if it is one of ours. */
export function readWatch(memo: Readonly<Record<string, unknown>> | undefined): RunWatch {
  const watch = memo?.[WATCH_MEMO];
  return typeof watch === 'object' && watch !== null ? watch : {};
}
