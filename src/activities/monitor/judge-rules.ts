import { type AlertEnd, type AlertEvent, type AlertFacts, alertKey } from '../../engine/alert-event.js';
import type { AlertRule, AlertSeverity } from '../../engine/alert-rule.js';
import type {
  HealthCheckName,
  HealthFinding,
  HealthReport,
  PipelineHealth,
} from '../../engine/health/report.js';
import type { RunWatch } from '../../engine/health/watch.js';
import { judgeAlert } from '../../expressions/judge-alert.js';

/** The scope of alerts that nobody wrote a rule for; no pipeline can have this name. */
const HEALTH = 'sluice.health';

/**
 * What is told without anybody writing a rule. How runs end, and how often they fail, is told by the rules of their
 * pipelines.
 */
const BUILT_IN: Readonly<Partial<Record<HealthCheckName, AlertSeverity>>> = {
  task_queue: 'critical',
  store: 'critical',
  worker: 'high',
  disk: 'high',
  memory: 'medium',
  schedule: 'high',
  freshness: 'high',
  check: 'high',
};

/** More alerts at once help nobody, and each is a workflow. */
const MOST_RAISED = 100;

export type RuleSources = {
  /** What the last runs of pipelines ask for. */
  readonly watches: ReadonlyMap<string, RunWatch>;
  /** Rules of the configuration, for every pipeline. */
  readonly rules: readonly AlertRule[];
  /** Who is told of what the built-in rules find. */
  readonly channels: readonly string[];
  /** Keys of the alerts that are open. */
  readonly open: ReadonlySet<string>;
};

/**
 * Which alerts a report raises, and which it ends. One that is open already is raised again only where its rule counts;
 * one whose rule cannot be evaluated now stays as it is.
 */
export function judgeRules(
  report: HealthReport,
  sources: RuleSources,
): { readonly raise: readonly AlertEvent[]; readonly end: readonly AlertEnd[] } {
  const built = builtIn(report, sources.channels);
  const byRule = report.pipelines.flatMap((pipeline) => judgePipelineRules(pipeline, report.at, sources));
  const events = [...built, ...byRule.flatMap(({ event }) => event ?? [])];
  const holding = new Set([
    ...events.map(({ key }) => key),
    ...byRule.flatMap(({ unknown }) => unknown ?? []),
  ]);
  const own = [...sources.open].filter((key) => key.startsWith(`${HEALTH}/`));
  const judged = byRule.flatMap(({ key }) => key ?? []).filter((key) => sources.open.has(key));
  const ended = [...new Set([...own, ...judged])].filter((key) => !holding.has(key));
  return {
    raise: events
      .filter(({ key, rule }) => !sources.open.has(key) || rule.after_times !== undefined)
      .slice(0, MOST_RAISED),
    end: ended.map((key) => ({ key, at: report.at, reason: 'the monitor no longer finds it' })),
  };
}

function builtIn({ findings, at }: HealthReport, channels: readonly string[]): readonly AlertEvent[] {
  return findings.flatMap((finding): readonly AlertEvent[] => {
    const severity = BUILT_IN[finding.check];
    if (severity === undefined || finding.level !== 'fail') return [];
    const rule: AlertRule = { name: finding.check, when: 'true', by: 'monitor', severity, channels };
    return [
      {
        key: alertKey(HEALTH, rule, finding.subject),
        rule,
        message: `${finding.subject}: ${finding.message}`,
        facts: factsOfFinding(finding),
        at,
        source: 'monitor',
      },
    ];
  });
}

function factsOfFinding({ check, subject, fix }: HealthFinding): AlertFacts {
  const commands = [...(fix?.matchAll(/sluice [^.:]*[^.:\s]/g) ?? [])].map(([command]) => command);
  return {
    ...(check === 'freshness' ? { pipeline: subject } : {}),
    check,
    subject,
    ...(fix === null ? {} : { fix }),
    commands: [...commands, 'sluice health'],
  };
}

type Judged = { readonly key?: string; readonly event?: AlertEvent; readonly unknown?: string };

function judgePipelineRules(
  pipeline: PipelineHealth,
  at: string,
  { watches, rules }: RuleSources,
): readonly Judged[] {
  const own = watches.get(pipeline.pipeline)?.alerts ?? [];
  const facts = factsOf(pipeline, Date.parse(at));
  return [...own, ...rules].map((rule): Judged => {
    const verdict = judgeAlert(rule, facts);
    if (verdict.firing === null) return { unknown: alertKey(pipeline.pipeline, rule) };
    const key = alertKey(pipeline.pipeline, rule, verdict.group);
    if (!verdict.firing) return { key };
    return { key, event: { key, rule, message: verdict.message, facts, at, source: 'monitor' } };
  });
}

/** The names that a rule reads, for a pipeline seen from outside. What nobody knows is left out, and so null in a rule. */
export function factsOf(health: PipelineHealth, now: number): AlertFacts {
  const { last_run: last, oldest_open: open } = health;
  const run = open ?? last;
  const ms = open === null ? health.duration_ms : now - Date.parse(open.started_at);
  return {
    pipeline: health.pipeline,
    ...(last === null && open === null ? {} : { pipeline_status: last?.status ?? 'running' }),
    ...(ms === null ? {} : { duration_minutes: Math.round(ms / 600) / 100 }),
    ...(run === null ? {} : { workflow_id: run.workflow_id, run_id: run.run_id }),
    ...(health.data_age_hours === null ? {} : { data_age_hours: health.data_age_hours }),
    ...(health.error_rate === null ? {} : { error_rate: health.error_rate }),
    missed_schedules: health.missed_schedules,
    awaiting_people: health.awaiting_people,
    commands: commandsOf(health),
  };
}

function commandsOf({ pipeline, last_run: last, oldest_open: open }: PipelineHealth): readonly string[] {
  if (open !== null) return [`sluice why ${open.workflow_id}`, `sluice health ${pipeline}`];
  if (last === null || last.status === 'succeeded') return [`sluice health ${pipeline}`];
  return [`sluice resume ${last.workflow_id}`, `sluice status ${last.workflow_id}`];
}
