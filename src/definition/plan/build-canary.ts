import type { CanaryPlan, CanaryStep, CanaryTarget, KpiPlan, KpiSource } from '../../engine/canary-plan.js';
import { parseDuration } from '../../shared/duration.js';
import type { CanaryDefinition } from '../schema/canary-schema.js';

const SOAK_MS = 300_000;
const INTERVAL_MS = 30_000;
/** Intervals for which evaluations may be inconclusive in a row. */
const PATIENCE = 10;

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
  const interval = parseDuration(canary.interval) ?? INTERVAL_MS;
  const { approvers = [], required = 1, timeout, on_timeout = 'rollback' } = canary.approval ?? {};
  return {
    baseline: canary.baseline,
    candidate: canary.candidate,
    target: buildTarget(canary.target),
    steps: buildSteps(canary),
    rules: {
      interval_ms: interval,
      window_ms: parseDuration(canary.window) ?? interval,
      failure_limit: canary.failure_limit ?? 0,
      inconclusive: canary.inconclusive ?? 'ask',
      inconclusive_after_ms: parseDuration(canary.inconclusive_after) ?? PATIENCE * interval,
      promote: canary.promote ?? 'automatic',
      timeout_ms: parseDuration(canary.timeout),
    },
    kpis: canary.kpis.map((kpi) => buildKpi(kpi, canary.min_samples ?? 0)),
    approval: { approvers, required, timeout_ms: parseDuration(timeout), on_timeout },
  };
}

function buildSteps({ steps, soak }: CanaryDefinition): readonly CanaryStep[] {
  const usual = parseDuration(soak) ?? SOAK_MS;
  const built = steps.map((step): CanaryStep => {
    if (typeof step === 'number') return { weight: step, soak_ms: usual };
    return { weight: step.weight, soak_ms: parseDuration(step.soak) ?? usual };
  });
  return built.at(-1)?.weight === 100 ? built : [...built, { weight: 100, soak_ms: 0 }];
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

function buildKpi(kpi: KpiDefinition, minSamples: number): KpiPlan {
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
