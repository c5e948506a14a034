import type { z } from 'zod';
import { namesRead } from '../../definition/check/alert-names-read.js';
import { buildAlerts } from '../../definition/plan/build-alerts.js';
import { type AlertDefinition, alertsSchema } from '../../definition/schema/alert-schema.js';
import { ALERT_NAMES } from '../../engine/alert-names.js';
import type { AlertRule } from '../../engine/alert-rule.js';
import { inspectExpression } from '../../expressions/inspect.js';
import { declareAlertNames } from '../../expressions/judge-alert.js';

/** Rules for every pipeline, written as in a definition; a monitor judges them, so they read what it knows. */
export const monitorRulesSchema = alertsSchema
  .superRefine((alerts = [], context) => {
    declareAlertNames();
    for (const [i, alert] of alerts.entries()) {
      const problem = problemOf(alert, alerts.slice(0, i));
      if (problem !== null) context.addIssue({ code: 'custom', path: [i], message: problem });
    }
  })
  .transform((alerts = []): readonly AlertRule[] =>
    buildAlerts(alerts).map(({ at_minutes: _at, also_on: _on, ...rule }) => ({ ...rule, by: 'monitor' })),
  ) satisfies z.ZodType;

function problemOf(alert: AlertDefinition, before: readonly AlertDefinition[]): string | null {
  const { name, when } = alert;
  if (before.some((other) => other.name === name)) return `two alerts are named "${name}"`;
  const { problem } = inspectExpression(when);
  if (problem !== null) return `alert "${name}": in \`${when}\`: ${problem.message}`;
  const known = Object.entries(ALERT_NAMES).filter(([, { known }]) => known !== 'run');
  const names = known.map(([known]) => known);
  const other = namesRead(alert).find((read) => !names.includes(read));
  if (other === undefined) return null;
  return `alert "${name}" reads \`${other}\`, which a monitor does not know. It knows: ${names.join(', ')}`;
}
