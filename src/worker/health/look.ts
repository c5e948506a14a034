import type { Client } from '@temporalio/client';
import { judgeRules } from '../../activities/monitor/judge-rules.js';
import { judgeHealth } from '../../engine/health/judge-health.js';
import type { MonitorLook } from '../../engine/health/monitor.js';
import type { HealthReport } from '../../engine/health/report.js';
import { ALERT_WORKFLOW, alertWorkflowId } from '../../shared/names.js';
import { quote } from '../visibility.js';
import { gatherHealth, type GatherOptions, type HealthDeps, limitsOf } from './gather-health.js';

const MOST_ALERTS = 2_000;
const MOST_PROBLEMS = 20;

/** Looks at everything and says what is wrong. Throws when Temporal does not answer. */
export async function readHealth(deps: HealthDeps, options: GatherOptions = {}): Promise<HealthReport> {
  return judgeHealth((await gatherHealth(deps, options)).facts, limitsOf(deps.config));
}

/** What the monitor does each time. Changes nothing, so it may run twice. */
export async function look(deps: HealthDeps, now = new Date()): Promise<MonitorLook> {
  const { facts, watches } = await gatherHealth(deps, { now });
  const report = judgeHealth(facts, limitsOf(deps.config));
  const open = await openAlerts(deps.client);
  const { channels, alerts: rules } = deps.config.monitor;
  const { at, level, pipelines } = report;
  const problems = report.findings.filter((finding) => finding.level !== 'ok').slice(0, MOST_PROBLEMS);
  return {
    result: { at, level, pipelines: pipelines.length, problems },
    ...judgeRules(report, { watches, rules, channels, open }),
  };
}

async function openAlerts(client: Client): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  const query = `WorkflowType = ${quote(ALERT_WORKFLOW)} AND ExecutionStatus = 'Running'`;
  const start = alertWorkflowId('');
  for await (const { workflowId } of client.workflow.list({ query, pageSize: 1_000 })) {
    if (workflowId.startsWith(start)) keys.add(workflowId.slice(start.length));
    if (keys.size >= MOST_ALERTS) break;
  }
  return keys;
}
