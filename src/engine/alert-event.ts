import type { Json, JsonObject } from '../shared/json.js';
import type { AlertRule, AlertSource } from './alert-rule.js';

/** A rule was found to hold. Raised again while its alert is open, it is counted and told no second time. */
export type AlertEvent = {
  /** {@link alertKey}: what is raised under the same key is the same alert. */
  readonly key: string;
  readonly rule: AlertRule;
  /** The rule's message with its values filled in; null where it has none. */
  readonly message: string | null;
  readonly facts: AlertFacts;
  /** ISO 8601: when it was found. */
  readonly at: string;
  readonly source: AlertSource;
};

/** The condition of an alert has ended. Older than what it answers, it changes nothing. */
export type AlertEnd = {
  readonly key: string;
  readonly at: string;
  /** Why, in words: "the run data/2026-01-02 succeeded". */
  readonly reason: string;
  /** Who closed it; absent where it ended by itself. */
  readonly by?: string;
};

/**
 * What people need to know, and what templates read: names of `alert-names.ts` and their values, as far as they are
 * known. Kept small, because it travels in histories.
 */
export type AlertFacts = JsonObject & {
  /** The pipeline, or what else the alert is about. */
  readonly pipeline?: string;
  readonly pipeline_status?: string;
  /** Of the run that raised it. */
  readonly workflow_id?: string;
  readonly run_id?: string;
  /** Commands to run next, the most useful first. */
  readonly commands?: readonly string[];
};

/** `scope` is the pipeline or the monitor's name; `group` is the value of the rule's `group_by`. */
export function alertKey(scope: string, rule: Pick<AlertRule, 'name'>, group?: Json): string {
  const key = `${scope}/${rule.name}`;
  if (group === undefined || group === null) return key;
  return `${key}/${typeof group === 'string' ? group : JSON.stringify(group)}`.slice(0, LONGEST_KEY);
}

/** It is a part of a workflow ID, which may have a thousand characters. */
const LONGEST_KEY = 500;
