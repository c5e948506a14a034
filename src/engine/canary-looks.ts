import type { CanaryInput, CarriedCanary, Evaluation } from './canary.js';
import type { MeasureMove } from './canary-move.js';
import type { CanaryRules, CanaryStep, KpiRule } from './canary-plan.js';

type Looked = Pick<CanaryInput, 'rules' | 'kpis' | 'measures'>;

const LOOKS_IN_AN_INTERVAL = 4;
/** Intervals of a step in which there are looks: each costs the history some events. */
const INTERVALS_WITH_LOOKS = 4;
const SHORTEST_LOOK_MS = 1_000;

/** How many times the usual window it may be until there are enough samples. */
const WIDER = [2, 3, 4, 6, 8];

/**
 * The windows in seconds that a canary may measure over beside the usual one, ascending: parts of an interval, for looks
 * soon after a weight was set, and longer ones for steps whose samples come slowly. None where no KPI asks for samples.
 */
export function otherWindows(
  { interval_ms, window_ms, inconclusive_after_ms }: CanaryRules,
  { steps, kpis }: { readonly steps: readonly CanaryStep[]; readonly kpis: readonly KpiRule[] },
): readonly number[] {
  if (!kpis.some(isSampled)) return [];
  const longest = Math.max(inconclusive_after_ms, ...steps.map(({ soak_ms }) => soak_ms));
  const shorter = Array.from({ length: LOOKS_IN_AN_INTERVAL - 1 }, (_part, i) => interval_ms * lookAt(i + 1));
  const all = [...shorter, ...WIDER.map((times) => window_ms * times).filter((ms) => ms <= longest)];
  const usual = secondsOf(window_ms);
  return [...new Set(all.map(secondsOf))].filter((seconds) => seconds !== usual).toSorted((a, b) => a - b);
}

/** What is to be measured now; null while nothing is due. */
export function dueMeasure(input: Looked, state: CarriedCanary, now: number): MeasureMove | null {
  const { next_evaluation_at, next_look_at = null, window_seconds = null } = state;
  const usual = secondsOf(input.rules.window_ms);
  if ((next_evaluation_at ?? Infinity) <= now) {
    return { type: 'measure', is_look: false, window_seconds: window_seconds ?? usual };
  }
  if ((next_look_at ?? Infinity) > now) return null;
  // What was measured before the weight was set says nothing of this step.
  const since = windowsOf(input).findLast((seconds) => seconds * 1000 <= now - begunAt(state, now));
  return { type: 'measure', is_look: true, window_seconds: since ?? secondsOf(SHORTEST_LOOK_MS) };
}

/**
 * When to look before the next evaluation; null for not at all. Until a step has a conclusive evaluation, what breaks a
 * bound is to be found as soon as there are enough samples of it.
 */
export function nextLookAt(input: Looked, state: CarriedCanary, now: number): number | null {
  const { interval_ms, failure_limit } = input.rules;
  const pauseMs = interval_ms * lookAt(1);
  const { successful = 0, failed = 0 } = state.steps.at(-1)?.counts ?? {};
  const isEarly = now - begunAt(state, now) < INTERVALS_WITH_LOOKS * interval_ms;
  const isUndecided = state.phase === 'soaking' && successful + failed === 0 && isEarly;
  if (!isUndecided || failure_limit > 0 || windowsOf(input).length === 1 || pauseMs < SHORTEST_LOOK_MS)
    return null;
  const at = now + pauseMs;
  return at + pauseMs / 2 < (state.next_evaluation_at ?? 0) ? at : null;
}

/** True when a bound is broken by enough samples. */
export function isBreach(rules: readonly KpiRule[], { kpis }: Evaluation): boolean {
  return rules.some((rule, i) => isSampled(rule) && kpis[i]?.verdict === 'failed');
}

/** The window of the next evaluation of a step whose last one had too few samples: the next longer one, if it is over. */
export function windowAfter(
  input: Looked,
  state: CarriedCanary,
  { evaluation, now }: { readonly evaluation: Evaluation; readonly now: number },
): number | null {
  const { window_seconds = null } = state;
  if (!lacksSamples(input.kpis, evaluation)) return window_seconds;
  const current = window_seconds ?? secondsOf(input.rules.window_ms);
  const elapsedMs = now + input.rules.interval_ms - begunAt(state, now);
  return (
    windowsOf(input).find((seconds) => seconds > current && seconds * 1000 <= elapsedMs) ?? window_seconds
  );
}

/** A window of a canary in whole seconds, as its sources are told. */
export function secondsOf(windowMs: number): number {
  return Math.max(1, Math.round(windowMs / 1000));
}

function lacksSamples(rules: readonly KpiRule[], { kpis }: Evaluation): boolean {
  return rules.some((rule, i) => {
    const { verdict, candidate_samples, baseline_samples } = kpis[i] ?? {};
    const fewest = Math.min(candidate_samples ?? Infinity, baseline_samples ?? Infinity);
    return verdict === 'inconclusive' && fewest < rule.min_samples;
  });
}

function windowsOf({ rules, measures }: Looked): readonly number[] {
  const others = Object.keys(measures ?? {}).map(Number);
  return [...others, secondsOf(rules.window_ms)].toSorted((a, b) => a - b);
}

function begunAt({ steps }: CarriedCanary, now: number): number {
  const begun = steps.at(-1)?.started_at;
  return begun === undefined ? now : Date.parse(begun);
}

function isSampled({ min_samples }: KpiRule): boolean {
  return min_samples > 0;
}

/** After which part of an interval a look comes. */
function lookAt(look: number): number {
  return look / LOOKS_IN_AN_INTERVAL;
}
