import { amendStage as amended, paramsOf } from '../../engine/amend-stage.js';
import type { StagePlan } from '../../engine/plan.js';
import { readsVariable } from '../../engine/reads-variable.js';
import type { StageRecord } from '../../engine/stage-record.js';
import type { AmendStageMessage, SetVariableMessage } from '../messages.js';
import { byWhom, checkSteer } from './check-steer.js';
import { refusal, unknownName } from './refusal.js';
import type { SteeredRun } from './steered-run.js';

export function checkSetVariable(run: SteeredRun, message: unknown): void {
  checkSteer(message);
  const { name, value } = message as Partial<SetVariableMessage>;
  if (typeof name !== 'string') throw refusal('The message names no variable: give its name in `name`.');
  if (value === undefined) throw refusal(`The message gives no \`value\` for the variable "${name}".`);
  const known = Object.keys(run.memory.scope.variables);
  if (!known.includes(name)) throw unknownName('variable', name, known);
  const { hooks, outputs } = run.plan;
  const later = [...run.ledger.records].filter(isOpen).map(({ plan }) => plan);
  if ([...later, hooks, outputs].some((part) => readsVariable(part, name))) return;
  throw refusal(
    `It is too late to set the variable "${name}": no stage that has not started reads it, and no output does.`,
  );
}

export function setVariable(run: SteeredRun, message: SetVariableMessage): void {
  const { name, value } = message;
  const before = run.memory.scope.variables[name] ?? null;
  run.steering.changes.add(message, `variables.${name}`, { before, after: value });
  run.notes.add(`variable "${name}" set by ${byWhom(message)}`);
  run.memory.setVariable(name, value);
  run.steering.amend();
}

export function checkAmendStage(run: SteeredRun, message: unknown): void {
  checkSteer(message);
  const { stage, params, retry, timeout_ms } = message as Partial<AmendStageMessage>;
  if (typeof stage !== 'string') throw refusal('The message names no stage: give its ID in `stage`.');
  const record = run.ledger.record(stage);
  if (record === undefined) {
    throw unknownName(
      'stage',
      stage,
      [...run.ledger.records].map(({ plan }) => plan.id),
    );
  }
  if (params === undefined && retry === undefined && timeout_ms === undefined) {
    throw refusal('The message changes nothing: give `params`, `retry` or `timeout_ms`.');
  }
  if (!isOpen(record)) throw refusal(tooLate(record));
  const outcome = amended(record.plan, { params, retry, timeout_ms });
  if (typeof outcome === 'string') throw refusal(`Stage "${stage}" cannot be changed so: ${outcome}.`);
}

export function amendStage(run: SteeredRun, message: AmendStageMessage): void {
  const before = run.ledger.record(message.stage)?.plan;
  const after = before === undefined ? 'unknown' : amended(before, message);
  if (before === undefined || typeof after === 'string') return;
  for (const [key, was, is] of changes(before, after, message)) {
    run.steering.changes.add(message, `stages.${after.id}.${key}`, { before: was, after: is });
  }
  run.notes.add(`stage "${after.id}" changed by ${byWhom(message)}`);
  run.ledger.amend(after);
  run.steering.amend();
}

function changes(before: StagePlan, after: StagePlan, { params, retry, timeout_ms }: AmendStageMessage) {
  return [
    ...(params === undefined ? [] : [['params', paramsOf(before), paramsOf(after)] as const]),
    ...(retry === undefined ? [] : [['retry', before.retry, after.retry] as const]),
    ...(timeout_ms === undefined ? [] : [['timeout_ms', before.timeout_ms, after.timeout_ms] as const]),
  ];
}

/** True for a stage that runs by its plan some time later: it has not started, or is held and may run again. */
function isOpen({ status }: StageRecord): boolean {
  return status === 'pending' || status === 'waiting' || status === 'held';
}

function tooLate({ plan, status, endedAt }: StageRecord): string {
  const state = status.replace('_', ' ');
  return endedAt === null
    ? `It is too late to change stage "${plan.id}": it has started and is ${state}.`
    : `It is too late to change stage "${plan.id}": it has ended and is ${state}.`;
}
