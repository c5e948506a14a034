import { parseDuration } from '../shared/duration.js';
import { formatDuration } from '../shared/format-duration.js';
import type { Json } from '../shared/json.js';
import type { CanaryRules, CanaryStep, WantedSchedule } from './canary-plan.js';

const SOAK_MS = 300_000;
const INTERVAL_MS = 30_000;
/** Intervals for which evaluations may be inconclusive in a row. */
const PATIENCE = 10;

export type CanarySchedule = {
  readonly steps: readonly CanaryStep[];
  readonly rules: Pick<CanaryRules, 'interval_ms' | 'window_ms' | 'inconclusive_after_ms'>;
};

/** Fills in the defaults. What is not a weight or a duration counts as not given. */
export function canarySchedule(wanted: WantedSchedule): CanarySchedule {
  const interval = durationOf(wanted.interval) ?? INTERVAL_MS;
  return {
    steps: stepsOf(wanted),
    rules: {
      interval_ms: interval,
      window_ms: durationOf(wanted.window) ?? interval,
      inconclusive_after_ms: durationOf(wanted.inconclusive_after) ?? PATIENCE * interval,
    },
  };
}

/** What is wrong with values that expressions gave; null for nothing. */
export function scheduleProblem(wanted: WantedSchedule): string | null {
  const { steps, soak, interval, window, inconclusive_after } = wanted;
  for (const [name, value] of Object.entries({ soak, interval, window, inconclusive_after })) {
    if (value === undefined || (durationOf(value) ?? 0) > 0) continue;
    return `${name} gave ${JSON.stringify(value)}, which is no duration such as "90s"`;
  }
  const unsoaked = steps.findIndex(
    (step) => isObject(step) && 'soak' in step && durationOf(step['soak']) === null,
  );
  if (unsoaked !== -1) {
    const value = isObject(steps[unsoaked] ?? null) ? Object(steps[unsoaked]).soak : null;
    return `the soak of step ${unsoaked + 1} gave ${JSON.stringify(value)}, which is no duration such as "90s"`;
  }
  const weights = steps.map(weightOf);
  const bad = weights.findIndex((weight) => weight === null);
  if (bad !== -1)
    return `step ${bad + 1} gave ${JSON.stringify(steps[bad])}, which is no weight from 1 to 100`;
  const unordered = weights.findIndex((weight, i) => i > 0 && (weight ?? 0) <= (weights[i - 1] ?? 0));
  if (unordered !== -1) return `the steps must ascend, and gave ${weights.join(', ')}`;
  const { rules, steps: built } = canarySchedule(wanted);
  const short = built.find(
    ({ weight, soak_ms }) => soak_ms < rules.interval_ms && !(weight === 100 && soak_ms === 0),
  );
  if (short === undefined) return null;
  const [time, limit] = [formatDuration(short.soak_ms), formatDuration(rules.interval_ms)];
  return `the step of ${short.weight} percent ends after ${time}, before its first evaluation after ${limit}`;
}

function stepsOf({ steps, soak }: WantedSchedule): readonly CanaryStep[] {
  const usual = durationOf(soak) ?? SOAK_MS;
  const built = steps.map((step): CanaryStep => {
    const own = isObject(step) ? durationOf(step['soak']) : null;
    return { weight: weightOf(step) ?? 0, soak_ms: own ?? usual };
  });
  return built.at(-1)?.weight === 100 ? built : [...built, { weight: 100, soak_ms: 0 }];
}

function weightOf(step: Json): number | null {
  const weight = isObject(step) ? step['weight'] : step;
  return typeof weight === 'number' && Number.isInteger(weight) && weight >= 1 && weight <= 100
    ? weight
    : null;
}

function durationOf(value: Json | undefined): number | null {
  return typeof value === 'string' || typeof value === 'number' ? parseDuration(value) : null;
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
