import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { evaluateCondition } from '../../expressions/evaluate.js';
import { withMargin } from '../../expressions/margin.js';
import type { Scope } from '../../expressions/scope.js';
import { valuesRead } from '../../expressions/values-read.js';
import type { Json } from '../../shared/json.js';
import { ERROR_TYPE } from '../../shared/names.js';
import type { StageRunContext } from './stage-context.js';

type CheckResult = {
  readonly name: string;
  readonly assert: string;
  readonly passed: boolean;
  /** The values of the names that the assertion reads. */
  readonly values: { readonly [name: string]: Json };
  /** By how much it holds, or with a minus sign by how much it is missed; null where it compares no numbers. */
  readonly margin: number | null;
  readonly error: string | null;
};

/** Evaluates every check, also after one that does not hold, so that the output tells of all. */
export function runGate(stage: StagePlan, context: StageRunContext): StageOutcome {
  if (stage.action.kind !== 'gate') throw new Error(`Stage "${stage.id}" is not a gate.`);
  const checks = stage.action.checks.map((check) => checkResult(check, context.scope));
  const held = checks.filter((check) => check.passed).length;
  const passRate = checks.length === 0 ? 1 : held / checks.length;
  const passed = passRate >= stage.action.min_pass_rate;
  const output: Json = { passed, pass_rate: passRate, min_pass_rate: stage.action.min_pass_rate, checks };
  if (passed) return { status: 'succeeded', output, attempts: 1 };
  const broken = checks.filter((check) => !check.passed).map(describe);
  const message = `${broken.length} of ${checks.length} checks do not hold: ${broken.join('; ')}`;
  return {
    status: 'failed',
    output,
    error: { type: ERROR_TYPE.gate, message, stage: stage.id },
    attempts: 1,
  };
}

function checkResult(check: { readonly name: string; readonly assert: string }, scope: Scope): CheckResult {
  const values = valuesRead(check.assert, scope);
  try {
    const { holds, margin } = withMargin(() => evaluateCondition(check.assert, scope));
    return { ...check, passed: holds, values, margin, error: null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...check, passed: false, values, margin: null, error: reason };
  }
}

/** Long values are told in full by the output, not by the message. */
function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function describe(check: CheckResult): string {
  const values = Object.entries(check.values).map(([name, value]) => `${name} is ${shown(value)}`);
  const why = check.error ?? (values.length === 0 ? '' : values.join(', '));
  const missed = check.margin === null ? '' : `, missed by ${-check.margin}`;
  return `"${check.name}" (${check.assert})${why === '' ? '' : `: ${why}`}${missed}`;
}
