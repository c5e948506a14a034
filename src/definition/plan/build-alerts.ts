import { ALERT_NAMES } from '../../engine/alert-names.js';
import type { AlertRule, AlertTrigger, Escalation, QuietHours } from '../../engine/alert-rule.js';
import { comparedWith } from '../../expressions/compared-with.js';
import { declareAlertNames } from '../../expressions/judge-alert.js';
import { parseDuration } from '../../shared/duration.js';
import { namesRead } from '../check/alert-names-read.js';
import type { AlertDefinition } from '../schema/alert-schema.js';

/** Rules with their defaults filled in. Only called once they have no errors. */
export function buildAlerts(alerts: readonly AlertDefinition[]): readonly AlertRule[] {
  declareAlertNames();
  return alerts.map(buildAlert);
}

function buildAlert(alert: AlertDefinition): AlertRule {
  const { name, when, channels, message, group_by } = alert;
  const read = namesRead(alert);
  const by = read.some((used) => knownTo(used) === 'monitor') ? 'monitor' : 'run';
  const marks = by === 'run' ? comparedWith(when, 'duration_minutes').filter((mark) => mark >= 0) : [];
  const triggers = by === 'run' ? triggersOf(read) : [];
  const escalate = buildEscalation(alert.escalate);
  return {
    name,
    when,
    by,
    severity: alert.severity ?? 'medium',
    channels,
    ...(message === undefined ? {} : { message }),
    ...(marks.length === 0 ? {} : { at_minutes: marks }),
    ...(triggers.length === 0 ? {} : { also_on: triggers }),
    ...(group_by === undefined ? {} : { group_by }),
    ...optionalMs('for_ms', alert.for),
    ...(alert.consecutive === undefined ? {} : { after_times: alert.consecutive }),
    ...optionalMs('repeat_ms', alert.repeat),
    ...(escalate.length === 0 ? {} : { escalate }),
    ...(alert.quiet_hours === undefined ? {} : { quiet_hours: buildQuietHours(alert.quiet_hours) }),
    ...(alert.tell_end === undefined ? {} : { tell_end: alert.tell_end }),
  };
}

function knownTo(name: string): string | undefined {
  return Object.hasOwn(ALERT_NAMES, name) ? ALERT_NAMES[name as keyof typeof ALERT_NAMES].known : undefined;
}

const TRIGGERS: Readonly<Record<AlertTrigger, readonly (keyof typeof ALERT_NAMES)[]>> = {
  deadline: ['deadline_near', 'deadline_at_risk', 'deadline_missed'],
  people: ['held_stages', 'awaiting_stages'],
};

function triggersOf(read: readonly string[]): readonly AlertTrigger[] {
  return (Object.keys(TRIGGERS) as AlertTrigger[]).filter((trigger) =>
    TRIGGERS[trigger].some((name) => read.includes(name)),
  );
}

function optionalMs<K extends string>(
  key: K,
  duration: string | number | undefined,
): { readonly [P in K]?: number } {
  const ms = duration === undefined ? null : parseDuration(duration);
  return ms === null ? {} : ({ [key]: ms } as { readonly [P in K]: number });
}

function buildEscalation(escalate: AlertDefinition['escalate']): readonly Escalation[] {
  const steps = escalate === undefined ? [] : Array.isArray(escalate) ? escalate : [escalate];
  return steps
    .map(({ after, channels, severity }) => ({
      after_ms: parseDuration(after) ?? 0,
      channels,
      ...(severity === undefined ? {} : { severity }),
    }))
    .toSorted((a, b) => a.after_ms - b.after_ms);
}

function buildQuietHours({
  from,
  to,
  timezone = 'UTC',
  below = 'high',
}: NonNullable<AlertDefinition['quiet_hours']>): QuietHours {
  return { from: minutes(from), to: minutes(to), timezone, below };
}

function minutes(time: string): number {
  const [hour = '0', minute = '0'] = time.split(':');
  return Number(hour) * 60 + Number(minute);
}
