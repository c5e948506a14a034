import { workflowInfo } from '@temporalio/workflow';
import type { CanaryCall, CanaryInput } from '../../engine/canary.js';
import {
  type CanaryPlan,
  KPI_NAMES,
  type KpiPlan,
  type KpiRule,
  TARGET_NAMES,
  type WantedSchedule,
} from '../../engine/canary-plan.js';
import { otherWindows, secondsOf } from '../../engine/canary-looks.js';
import { canarySchedule, scheduleProblem } from '../../engine/canary-schedule.js';
import { ROLL_BACK_FOR_MS } from '../../engine/canary-way-back.js';
import type { StagePlan } from '../../engine/plan.js';
import { declareItemName } from '../../expressions/environment.js';
import type { Scope } from '../../expressions/scope.js';
import { resolveTemplate } from '../../expressions/template.js';
import type { Json, JsonObject } from '../../shared/json.js';
import { ACTIVITY } from '../../shared/names.js';
import type { SecretSlot } from '../../shared/task.js';
import type { StageRunContext } from '../stages/stage-context.js';
import { namesIn } from '../stages/names-in.js';

/** What a canary works with once its expressions are resolved, and where it is kept from meeting another one. */
export type PreparedCanary = { readonly input: CanaryInput; readonly router: string | null };

/** Resolves all expressions of a canary, for each weight and each version. Gives what is wrong with their values, if so. */
export function prepareCanary(
  stage: StagePlan,
  wanted: CanaryPlan,
  context: StageRunContext,
): PreparedCanary | { readonly problem: string } {
  for (const name of [...TARGET_NAMES, ...KPI_NAMES]) declareItemName(name);
  const { scope, memory } = context;
  const plan = withValues(wanted, scope);
  if ('problem' in plan) return plan;
  const kpis = rulesOf(plan, scope);
  if ('problem' in kpis) return kpis;
  const versions = { baseline: textOf(plan.baseline, scope), candidate: textOf(plan.candidate, scope) };
  for (const [name, version] of Object.entries(versions)) {
    if (version === '') return { problem: `${name} gave no version; a canary needs two of them` };
  }
  const { baseline, candidate } = versions;
  if (baseline === candidate) {
    return { problem: `baseline and candidate are both "${candidate}", which has all the traffic already` };
  }
  const { approvers: from, required, timeout_ms, on_timeout } = plan.approval;
  const approvers = namesIn(resolveTemplate(from, scope).value);
  if (approvers === null) return { problem: 'approval.approvers gave no list of names' };
  if (approvers.length > 0 && approvers.length < required) {
    return { problem: `${required} people must approve, but approvers names only ${approvers.join(', ')}` };
  }
  const service = textOf(plan.target.service, scope) || `${context.plan.pipeline}.${stage.id}`;
  const callFor = new Calls(stage, context, { ...scope, service, baseline, candidate });
  const weights = [0, ...plan.steps.map(({ weight }) => weight)];
  const windows = otherWindows(plan.rules, { steps: plan.steps, kpis });
  const input: CanaryInput = {
    run: { workflow_id: workflowInfo().workflowId, stage: stage.id },
    service,
    baseline,
    candidate,
    steps: plan.steps,
    rules: plan.rules,
    kpis,
    people: {
      approvers,
      timeout_ms,
      on_timeout,
      by_approval_only: required > 1 || Object.keys(context.approvals?.keys ?? {}).length > 0,
    },
    shift: Object.fromEntries(weights.map((weight) => [weight, callFor.weight(plan, weight)])),
    measure: callFor.kpis(plan, secondsOf(plan.rules.window_ms)),
    measures: Object.fromEntries(windows.map((seconds) => [seconds, callFor.kpis(plan, seconds)])),
    roll_back_for_ms: ROLL_BACK_FOR_MS,
    worker: { task_queue: stage.task_queue, priority: stage.priority },
  };
  const { target } = plan;
  return { input, router: target.type === 'router' ? textOf(target.url, memory.scope) : null };
}

/** The steps and times of a plan with what their expressions gave, or what is wrong with that. */
function withValues(plan: CanaryPlan, scope: Scope): CanaryPlan | { readonly problem: string } {
  if (plan.schedule === undefined) return plan;
  const wanted = resolveTemplate(plan.schedule, scope).value as unknown as WantedSchedule;
  const problem = scheduleProblem(wanted);
  if (problem !== null) return { problem };
  const { steps, rules } = canarySchedule(wanted);
  return { ...plan, steps, rules: { ...plan.rules, ...rules } };
}

/** What each KPI must be, or which expression of one gave no number. */
function rulesOf({ kpis }: CanaryPlan, scope: Scope): readonly KpiRule[] | { readonly problem: string } {
  const rules = kpis.map(({ source: _source, name, ...rule }) => ({
    ...Object(resolveTemplate(rule, scope).value),
    name,
  }));
  for (const { name, baseline, ...rest } of rules) {
    for (const [key, value] of Object.entries({ ...rest, ...baseline })) {
      if (value === null || Number.isFinite(value)) continue;
      return { problem: `${key} of KPI "${name}" gave ${JSON.stringify(value)}, which is no number` };
    }
  }
  return rules;
}

/** What the expressions of targets and KPIs see, beside the weight or the version. */
type NamedScope = Scope & {
  readonly service: string;
  readonly baseline: string;
  readonly candidate: string;
};

/** Makes activities with their arguments. */
class Calls {
  readonly #stage: StagePlan;
  readonly #context: StageRunContext;
  readonly #scope: NamedScope;

  constructor(stage: StagePlan, context: StageRunContext, scope: NamedScope) {
    this.#stage = { ...stage, artifacts: [], isolation: 'none' };
    this.#context = context;
    this.#scope = scope;
  }

  weight({ target }: CanaryPlan, weight: number): CanaryCall {
    const { baseline, candidate, service } = this.#scope;
    const weights = { [baseline]: 100 - weight, [candidate]: weight };
    const scope = { ...this.#scope, weight, weights };
    const { memory } = this.#context;
    if (target.type === 'uses') {
      return { type: target.uses, task: memory.task(this.#stage, target.with, scope) };
    }
    const common = { query: {}, expected_status: [], response: 'auto' };
    const url = target.type === 'router' ? textOf(target.url, scope).replace(/\/$/, '') : '';
    const request: Json =
      target.type === 'router'
        ? {
            ...common,
            method: 'PUT',
            url: `${url}/routes/${encodeURIComponent(service)}`,
            headers: {},
            body: { weights },
          }
        : { ...common, method: target.method, url: target.url, headers: target.headers, body: target.body };
    return { type: ACTIVITY.http, task: memory.task(this.#stage, request, scope) };
  }

  kpis({ kpis }: CanaryPlan, window_seconds: number): CanaryCall {
    const slots: SecretSlot[] = [];
    const params = kpis.map((kpi, i) => ({
      name: kpi.name,
      candidate: this.#source(kpi, { of: 'candidate', at: `/kpis/${i}/candidate`, slots, window_seconds }),
      baseline: this.#source(kpi, { of: 'baseline', at: `/kpis/${i}/baseline`, slots, window_seconds }),
    }));
    const task = this.#context.memory.taskOf(this.#stage, { window_seconds, kpis: params }, slots);
    return { type: ACTIVITY.canaryMeasure, task };
  }

  #source(
    { source }: KpiPlan,
    place: {
      readonly of: 'candidate' | 'baseline';
      readonly at: string;
      readonly slots: SecretSlot[];
      readonly window_seconds: number;
    },
  ): Json {
    const version = this.#scope[place.of];
    const scope = { ...this.#scope, version, window_seconds: place.window_seconds };
    const { value, secretSlots } = resolveTemplate(source, scope);
    place.slots.push(...secretSlots.map((slot) => ({ ...slot, at: `${place.at}${slot.at}` })));
    return { ...(value as JsonObject), version };
  }
}

/** A version may be a number, as 3 is; nothing is the empty text. */
function textOf(template: Json, scope: Scope): string {
  const { value } = resolveTemplate(template, scope);
  if (value === null) return '';
  return typeof value === 'string' ? value.trim() : JSON.stringify(value);
}
