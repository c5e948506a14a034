import type { AlertSeverity } from '../../engine/alert-rule.js';
import type { AlertTask } from '../../shared/alert-task.js';
import { sha256 } from './sha256.js';
import type { SettingsOf } from './channel-settings.js';
import type { Send } from './channel.js';
import { post } from './post.js';

const ACTIONS: Readonly<Record<AlertTask['kind'], 'trigger' | 'acknowledge' | 'resolve'>> = {
  firing: 'trigger',
  repeated: 'trigger',
  escalated: 'trigger',
  acknowledged: 'acknowledge',
  resolved: 'resolve',
  test: 'trigger',
};

const SEVERITIES: Readonly<Record<AlertSeverity, string>> = {
  low: 'info',
  medium: 'warning',
  high: 'error',
  critical: 'critical',
};

/** The service folds events of one key into one incident, so that sending twice changes nothing. */
export const sendPagerduty: Send<SettingsOf<'pagerduty'>> = ({ routingKey, url, timeout }, message) => {
  const { alert, task, text } = message;
  const body = {
    routing_key: routingKey,
    event_action: ACTIONS[task.kind],
    dedup_key: dedupKey(alert.key),
    client: 'Sluice',
    payload: {
      summary: `${text.title}: ${text.summary}`.slice(0, 1_024),
      source: alert.facts.pipeline ?? alert.key,
      severity: SEVERITIES[alert.severity],
      timestamp: alert.last_at,
      component: alert.facts.pipeline ?? alert.key,
      class: alert.rule,
      custom_details: { ...alert.facts, count: alert.count, since: alert.since },
    },
  };
  const headers = { 'content-type': 'application/json' };
  return post({ url, headers, body: JSON.stringify(body), timeoutMs: timeout }, message);
};

function dedupKey(key: string): string {
  const whole = `sluice/${key}`;
  return whole.length <= 255 ? whole : `sluice/${sha256(key)}`;
}
