import { ALERT_NAMES } from '../engine/alert-names.js';
import type { AlertFacts } from '../engine/alert-event.js';
import type { AlertRule } from '../engine/alert-rule.js';
import type { Json } from '../shared/json.js';
import { declareItemName } from './environment.js';
import { evaluateCondition } from './evaluate.js';
import { ExpressionError } from './expression-error.js';
import type { Scope } from './scope.js';
import { resolveTemplate } from './template.js';

/**
 * What a rule gives. A `problem`: it could not be evaluated, most often because a value is not known yet; the alert then
 * stays as it is.
 */
export type AlertVerdict =
  | { readonly firing: true; readonly message: string | null; readonly group: Json }
  | { readonly firing: false; readonly group: Json }
  | { readonly firing: null; readonly problem: string };

/** Evaluates a rule over facts, and over the values of a run where it is one that judges. Facts not known are null. */
export function judgeAlert(rule: AlertRule, facts: AlertFacts, run?: Scope): AlertVerdict {
  declareAlertNames();
  // What a monitor has no value for is refused when the rule is loaded.
  const scope = { ...NOTHING_KNOWN, ...run, ...facts } as Scope;
  try {
    const group = rule.group_by === undefined ? null : resolveTemplate(rule.group_by, scope).value;
    if (!evaluateCondition(rule.when, scope)) return { firing: false, group };
    return { firing: true, group, message: messageOf(rule, scope) };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { firing: null, problem: `alert "${rule.name}" could not be evaluated: ${error.message}` };
  }
}

/** Makes the names of rules known to expressions; that they stand in rules only is checked at load. */
export function declareAlertNames(): void {
  for (const name of Object.keys(ALERT_NAMES)) declareItemName(name);
}

const NOTHING_KNOWN = Object.fromEntries(Object.keys(ALERT_NAMES).map((name) => [name, null]));

/** A message with a mistake must not keep the alert from being told. */
function messageOf({ message }: AlertRule, scope: Scope): string | null {
  if (message === undefined) return null;
  try {
    const { value } = resolveTemplate(message, scope);
    return typeof value === 'string' ? value : JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return `${message} (${error.message})`;
  }
}
