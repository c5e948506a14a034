import type { AlertEvent } from '../../src/engine/alert-event.js';
import type { AlertRule } from '../../src/engine/alert-rule.js';

/** A rule with the loader's defaults, told to one channel. */
export function aRule(overrides: Partial<AlertRule> = {}): AlertRule {
  return {
    name: 'failed',
    when: "pipeline_status == 'failed'",
    by: 'run',
    severity: 'medium',
    channels: ['ops'],
    ...overrides,
  };
}

/** What a run that failed raises; each has another run ID unless facts say otherwise. */
export function anEvent(rule: AlertRule, overrides: Partial<AlertEvent> = {}): AlertEvent {
  const { facts, ...rest } = overrides;
  return {
    key: `data/${rule.name}`,
    rule,
    message: 'data failed',
    at: '2026-01-05T12:00:00.000Z',
    source: 'run',
    ...rest,
    facts: { pipeline: 'data', pipeline_status: 'failed', run_id: rest.at ?? 'run', ...facts },
  };
}
