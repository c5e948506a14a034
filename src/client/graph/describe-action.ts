import prettyMs from 'pretty-ms';
import type { ProbeTarget, StageAction } from '../../engine/plan.js';
import type { CanaryPlan } from '../../engine/canary-plan.js';
import type { ApprovalPlan } from '../../engine/stage-extras.js';
import { assertNever } from '../../shared/assert-never.js';
import type { Json } from '../../shared/json.js';

/** What a stage does, in a few words that follow its kind: `uses` → the function, `http` → method and URL. */
export function describeAction(action: StageAction): string {
  switch (action.kind) {
    case 'uses':
      return action.uses;
    case 'run':
      return typeof action.command === 'string' ? firstLine(action.command) : action.command.join(' ');
    case 'http':
      return `${action.request.method} ${shown(action.request.url)}`;
    case 'pipeline':
      return action.pipeline;
    case 'gate':
      return gateWords(action.checks.length, action.min_pass_rate);
    case 'set':
      return setWords(action.output, Object.keys(action.state));
    case 'sleep':
      return typeof action.duration === 'number' ? formatMs(action.duration) : action.duration;
    case 'until':
      return action.time;
    case 'wait_for':
      return `${targetWords(action.target)}, every ${formatMs(action.every_ms)}`;
    case 'approval':
      return approvalWords(action.approval);
    case 'canary':
      return canaryWords(action.canary);
    default:
      return assertNever(action);
  }
}

/** A duration for people: `1h 30m`. */
export function formatMs(ms: number): string {
  return prettyMs(ms);
}

/** Cuts a text to a number of characters and flattens its line breaks. */
export function shorten(text: string, length: number): string {
  const flat = text.replaceAll(/\s+/g, ' ').trim();
  const characters = [...flat];
  return characters.length <= length ? flat : `${characters.slice(0, length - 1).join('')}…`;
}

function firstLine(script: string): string {
  const lines = script.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 1 ? `${lines[0] ?? ''} …` : (lines[0] ?? '');
}

function gateWords(checks: number, minPassRate: number): string {
  const counted = checks === 1 ? '1 check' : `${checks} checks`;
  return minPassRate === 1 ? counted : `${counted}, ${Math.round(minPassRate * 100)} % must hold`;
}

function setWords(output: Json, stateKeys: readonly string[]): string {
  const parts = [
    ...(output === null ? [] : ['output']),
    ...(stateKeys.length === 0 ? [] : [`state ${stateKeys.join(', ')}`]),
  ];
  return parts.join(' and ');
}

function approvalWords({ approvers, required, timeout_ms }: ApprovalPlan): string {
  const who = Array.isArray(approvers) && approvers.length === 0 ? 'anyone' : shown(approvers);
  const names = Array.isArray(approvers) && approvers.length > 0 ? approvers.map(shown).join(', ') : who;
  const limit = timeout_ms === null ? '' : `, within ${formatMs(timeout_ms)}`;
  return `${required} of ${names}${limit}`;
}

/** `5, 25, 50, 100 % of mapper by p95_ms, f1, then approval`. */
function canaryWords({ steps, schedule, target, kpis, rules }: CanaryPlan): string {
  const of = target.service === null ? '' : ` of ${shown(target.service)}`;
  const by = kpis.map(({ name }) => name).join(', ');
  const weights = steps.map(({ weight }, i) => weight || shown(schedule?.steps[i] ?? null)).join(', ');
  return `${weights} %${of} by ${by}${rules.promote === 'approval' ? ', then approval' : ''}`;
}

function targetWords(target: ProbeTarget): string {
  switch (target.type) {
    case 'uses':
      return target.uses;
    case 'pipeline':
      return `pipeline ${target.pipeline}`;
    case 'file':
      return `file ${shown(target.file)}`;
    default:
      return assertNever(target);
  }
}

function shown(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
