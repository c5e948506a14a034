import type { HealthFacts, HealthLimits, ScheduleFacts } from './facts.js';
import { DEFAULT_LIMITS } from './facts.js';
import { judgePipeline } from './judge-pipeline.js';
import { judgeSystem } from './judge-system.js';
import { severityOf, worst } from './levels.js';
import type { HealthReport } from './report.js';

/** Says of all that is known what is well and what is not. */
export function judgeHealth(facts: HealthFacts, limits: HealthLimits = DEFAULT_LIMITS): HealthReport {
  const context = { limits, now: Date.parse(facts.at) };
  const judged = facts.pipelines.map((pipeline) =>
    judgePipeline(pipeline, schedulesOf(facts.schedules, pipeline.pipeline), context),
  );
  const findings = [...judged.flatMap(({ findings }) => findings), ...judgeSystem(facts, context)];
  const level = worst(findings.map((finding) => finding.level));
  return {
    at: facts.at,
    namespace: facts.namespace,
    ok: level !== 'fail',
    level,
    pipelines: judged.map(({ health }) => health),
    schedules: facts.schedules,
    task_queues: facts.queues,
    workers: facts.workers,
    findings: findings.toSorted((a, b) => severityOf(b.level) - severityOf(a.level)),
  };
}

/** What holds a schedule back is told with the schedule, and is no miss of the pipeline. */
function schedulesOf(schedules: readonly ScheduleFacts[], pipeline: string): readonly ScheduleFacts[] {
  return schedules
    .filter((schedule) => schedule.pipeline === pipeline)
    .map((schedule) => (schedule.is_running || schedule.is_paused ? { ...schedule, missed: [] } : schedule));
}
