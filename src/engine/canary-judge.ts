import type { KpiMeasurement, KpiReading } from '../shared/canary-task.js';
import type { BoundCheck, Evaluation, KpiVerdict, Verdict } from './canary.js';
import type { BaselineBounds, KpiRule } from './canary-plan.js';
import { isoTime } from './stage-record.js';

/** Judges all KPIs by what was measured, or could not be: then the reason is given in its place. */
export function evaluate(
  rules: readonly KpiRule[],
  measured: readonly KpiMeasurement[] | string,
  { hasBaseline, now }: { readonly hasBaseline: boolean; readonly now: number },
): Evaluation {
  const kpis = rules.map((rule) => {
    const found = typeof measured === 'string' ? undefined : measured.find(({ name }) => name === rule.name);
    const error = typeof measured === 'string' ? measured : 'it was not measured';
    const unknown: KpiReading = { value: null, samples: null, error };
    return judgeKpi(rule, found ?? { name: rule.name, candidate: unknown, baseline: unknown }, hasBaseline);
  });
  return { at: isoTime(now), verdict: overallVerdict(kpis), kpis };
}

/**
 * Judges a KPI by its bounds. A candidate without a value, or with one made of too few samples, leaves it inconclusive;
 * a fixed bound that is broken fails it, whatever is known of the baseline. `hasBaseline` is false where the baseline
 * has no traffic: there is nothing to compare with then, and only the fixed bounds count.
 */
export function judgeKpi(rule: KpiRule, measured: KpiMeasurement, hasBaseline: boolean): KpiVerdict {
  const { candidate, baseline } = measured;
  const unknown = whyUnknown(candidate, rule.min_samples);
  if (unknown !== null) return verdictOf(rule, measured, 'inconclusive', [], `candidate: ${unknown}`);
  const value = candidate.value ?? 0;
  const fixed = fixedChecks(rule, value);
  const broken = worst(fixed.filter(isBroken));
  if (broken !== null) return verdictOf(rule, measured, 'failed', fixed, brokenWords(value, broken));
  if (rule.baseline === null || !hasBaseline) return verdictOf(rule, measured, 'successful', fixed, null);
  const incomparable = whyUnknown(baseline, rule.min_samples);
  if (incomparable !== null) {
    return verdictOf(rule, measured, 'inconclusive', fixed, `baseline: ${incomparable}`);
  }
  const compared = [...fixed, ...baselineChecks(rule.baseline, value, baseline.value ?? 0)];
  const worse = worst(compared.filter(isBroken));
  if (worse === null) return verdictOf(rule, measured, 'successful', compared, null);
  return verdictOf(rule, measured, 'failed', compared, brokenWords(value, worse, baseline.value));
}

/** What the KPIs say together. One that failed is enough, and so is one that is inconclusive where none failed. */
function overallVerdict(kpis: readonly Pick<KpiVerdict, 'verdict'>[]): Verdict {
  if (kpis.some(({ verdict }) => verdict === 'failed')) return 'failed';
  return kpis.some(({ verdict }) => verdict === 'inconclusive') ? 'inconclusive' : 'successful';
}

/** `p95_ms: 412 is over max 250; f1: candidate: no value`: of the KPIs with this verdict. */
export function verdictWords(kpis: readonly KpiVerdict[], verdict: Verdict): string {
  return kpis
    .filter((kpi) => kpi.verdict === verdict)
    .map(({ name, reason }) => `${name}: ${reason ?? verdict}`)
    .join('; ');
}

function whyUnknown({ value, samples, error }: KpiReading, minSamples: number): string | null {
  if (error !== undefined) return error;
  if (value === null) return 'no value';
  if (minSamples === 0) return null;
  if (samples === null) return `its source does not say of how many samples, ${minSamples} are needed`;
  return samples < minSamples ? `only ${round(samples)} of ${minSamples} samples` : null;
}

function fixedChecks({ min, max }: KpiRule, value: number): readonly BoundCheck[] {
  return [
    ...(max === null ? [] : [atMost('max', max, value)]),
    ...(min === null ? [] : [atLeast('min', min, value)]),
  ];
}

/** A ratio is one of distance from zero, so that it means the same for negative values: further up, or further down. */
function baselineChecks(bounds: BaselineBounds, value: number, baseline: number): readonly BoundCheck[] {
  const { max_ratio, min_ratio, max_increase, max_decrease } = bounds;
  const scaled = (ratio: number): number => baseline + Math.abs(baseline) * (ratio - 1);
  return [
    ...(max_ratio === undefined ? [] : [atMost('max_ratio', scaled(max_ratio), value)]),
    ...(min_ratio === undefined ? [] : [atLeast('min_ratio', scaled(min_ratio), value)]),
    ...(max_increase === undefined ? [] : [atMost('max_increase', baseline + max_increase, value)]),
    ...(max_decrease === undefined ? [] : [atLeast('max_decrease', baseline - max_decrease, value)]),
  ];
}

function atMost(bound: BoundCheck['bound'], limit: number, value: number): BoundCheck {
  return { bound, limit, margin: limit - value };
}

function atLeast(bound: BoundCheck['bound'], limit: number, value: number): BoundCheck {
  return { bound, limit, margin: value - limit };
}

function isBroken({ margin }: BoundCheck): boolean {
  return margin < 0;
}

function worst(checks: readonly BoundCheck[]): BoundCheck | null {
  return checks.reduce<BoundCheck | null>((a, b) => (a === null || b.margin < a.margin ? b : a), null);
}

function verdictOf(
  { name }: KpiRule,
  { candidate, baseline }: KpiMeasurement,
  verdict: Verdict,
  checks: readonly BoundCheck[],
  reason: string | null,
): KpiVerdict {
  return {
    name,
    verdict,
    candidate: candidate.value,
    baseline: baseline.value,
    ...(candidate.samples === null ? {} : { candidate_samples: candidate.samples }),
    ...(baseline.samples === null ? {} : { baseline_samples: baseline.samples }),
    checks,
    margin: worst(checks)?.margin ?? null,
    reason,
  };
}

/** `412 is over max_ratio 300 (baseline 250)`. */
function brokenWords(value: number, { bound, limit }: BoundCheck, baseline: number | null = null): string {
  const isUpper = bound === 'max' || bound === 'max_ratio' || bound === 'max_increase';
  const of = baseline === null || bound === 'max' || bound === 'min' ? '' : ` (baseline ${round(baseline)})`;
  return `${round(value)} is ${isUpper ? 'over' : 'under'} ${bound} ${round(limit)}${of}`;
}

/** As exact as people read. */
function round(value: number): string {
  return String(Number(value.toPrecision(5)));
}
