import type {
  CanaryPlan,
  CanaryTarget,
  KpiPlan,
  KpiSource,
  WantedSchedule,
} from '../../engine/canary-plan.js';
import { canarySchedule } from '../../engine/canary-schedule.js';
import type { Template } from '../../engine/plan.js';
import { hasExpression } from '../../expressions/inspect.js';
import { parseDuration } from '../../shared/duration.js';
import type { CanaryDefinition } from '../schema/canary-schema.js';

/** What an HTTP target is sent where the definition gives no body. */
const HOOK_BODY = {
  service: '${{ service }}',
  baseline: '${{ baseline }}',
  candidate: '${{ candidate }}',
  weight: '${{ weight }}',
  weights: '${{ weights }}',
};

/** Fills in the defaults of a canary that has been checked. */
export function buildCanary(canary: CanaryDefinition | undefined): CanaryPlan {
  if (canary === undefined) throw new Error('The stage is not a canary.');
  const wanted = scheduleOf(canary);
  const { steps, rules } = canarySchedule(wanted);
  const { approvers = [], required = 1, timeout, on_timeout = 'rollback' } = canary.approval ?? {};
  return {
    baseline: canary.baseline,
    candidate: canary.candidate,
    target: buildTarget(canary.target),
    steps,
    ...(hasExpression(JSON.stringify(wanted)) ? { schedule: wanted } : {}),
    rules: {
      ...rules,
      failure_limit: canary.failure_limit ?? 0,
      inconclusive: canary.inconclusive ?? 'ask',
      promote: canary.promote ?? 'automatic',
      timeout_ms: parseDuration(canary.timeout),
    },
    kpis: canary.kpis.map((kpi) => buildKpi(kpi, canary.min_samples ?? 0)),
    approval: { approvers, required, timeout_ms: parseDuration(timeout), on_timeout },
  };
}

/** What of a canary may hold expressions that give weights and times, without what is not given. */
function scheduleOf(canary: CanaryDefinition): WantedSchedule {
  const { steps, soak, interval, window, inconclusive_after } = canary;
  return JSON.parse(JSON.stringify({ steps, soak, interval, window, inconclusive_after }));
}

function buildTarget(target: CanaryDefinition['target']): CanaryTarget {
  const { service = null, router, uses, http } = target;
  if (router !== undefined) return { service, type: 'router', url: router };
  if (uses !== undefined) return { service, type: 'uses', uses, with: target.with ?? {} };
  return {
    service,
    type: 'http',
    method: http?.method ?? 'PUT',
    url: http?.url ?? '',
    headers: http?.headers ?? {},
    body: http?.body ?? HOOK_BODY,
  };
}

type KpiDefinition = CanaryDefinition['kpis'][number];

function buildKpi(kpi: KpiDefinition, minSamples: Template): KpiPlan {
  const { max_ratio, min_ratio, max_increase, max_decrease } = kpi.baseline ?? {};
  return {
    name: kpi.name,
    min_samples: kpi.min_samples ?? minSamples,
    min: kpi.min ?? null,
    max: kpi.max ?? null,
    baseline:
      kpi.baseline === undefined
        ? null
        : {
            ...(max_ratio === undefined ? {} : { max_ratio }),
            ...(min_ratio === undefined ? {} : { min_ratio }),
            ...(max_increase === undefined ? {} : { max_increase }),
            ...(max_decrease === undefined ? {} : { max_decrease }),
          },
    source: buildSource(kpi),
  };
}

function buildSource({ prometheus, http, uses, with: params }: KpiDefinition): KpiSource {
  if (prometheus !== undefined) {
    const { url, headers = {}, query, samples = null } = prometheus;
    return { type: 'prometheus', url, headers, query, samples };
  }
  if (http !== undefined) {
    const { url, headers = {}, value, samples = null } = http;
    return { type: 'http', url, headers, value, samples };
  }
  return { type: 'uses', uses: uses ?? '', with: params ?? {} };
}
