import { parseDuration } from '../../shared/duration.js';
import { formatDuration } from '../../shared/format-duration.js';
import { buildCanary } from '../plan/build-canary.js';
import type { Json } from '../../shared/json.js';
import type { CanaryCheck } from './canary-check.js';

/** Checks that the weights of a canary ascend, and that each step lasts long enough to be measured. */
export function checkCanarySteps({ canary, report, template }: CanaryCheck): void {
  const { steps, soak, interval, window, inconclusive_after, min_samples } = canary;
  for (const [key, value] of Object.entries({
    steps,
    soak,
    interval,
    window,
    inconclusive_after,
    min_samples,
  })) {
    template(value as Json, ['canary', key], { names: [] });
  }
  // What expressions give is checked when the canary starts.
  if (buildCanary(canary).schedule !== undefined) return;
  for (const [i, step] of steps.entries()) {
    const before = i === 0 ? 0 : weightOf(steps[i - 1]);
    if (weightOf(step) > before) continue;
    const message = `\`canary.steps\` must ascend, but ${weightOf(step)} comes after ${before}`;
    report('wrong-value', ['canary', 'steps', i], message);
  }
  checkSoaks({ canary, report });
  const { interval_ms, inconclusive_after_ms, inconclusive } = buildCanary(canary).rules;
  if (canary.inconclusive_after !== undefined && inconclusive === 'pass') {
    const message =
      '`canary.inconclusive_after` does not go with `inconclusive: pass`, which waits for the end of the soak';
    report('key-not-for-kind', ['canary', 'inconclusive_after'], message);
  } else if (inconclusive_after_ms < interval_ms) {
    const message = `\`canary.inconclusive_after\` must be at least the interval, ${formatDuration(interval_ms)}`;
    report('wrong-value', ['canary', 'inconclusive_after'], message);
  }
}

function checkSoaks({ canary, report }: Pick<CanaryCheck, 'canary' | 'report'>): void {
  const { rules, steps: built } = buildCanary(canary);
  const interval = formatDuration(rules.interval_ms);
  const own = canary.steps.map((step) => (typeof step === 'object' ? step.soak : undefined));
  const usual = canary.soak === undefined ? null : parseDuration(canary.soak);
  if (usual !== null && usual < rules.interval_ms) {
    report('wrong-value', ['canary', 'soak'], shortSoak(usual, interval));
  } else if (
    canary.soak === undefined &&
    built.some((step, i) => own[i] === undefined && isShort(step, rules))
  ) {
    const message = `${shortSoak(300_000, interval)}; give \`canary.soak\``;
    report('wrong-value', ['canary', 'interval'], message);
  }
  for (const [i, soak] of own.entries()) {
    const step = built[i];
    if (soak === undefined || step === undefined || !isShort(step, rules)) continue;
    report('wrong-value', ['canary', 'steps', i, 'soak'], shortSoak(step.soak_ms, interval));
  }
}

type Measured = { readonly weight: number; readonly soak_ms: number };

/** All traffic may go to the candidate without being measured any more. */
function isShort({ weight, soak_ms }: Measured, rules: { readonly interval_ms: number }): boolean {
  return soak_ms < rules.interval_ms && !(weight === 100 && soak_ms === 0);
}

function shortSoak(soakMs: number, interval: string): string {
  return `has a soak of ${formatDuration(soakMs)}, which ends before the first evaluation: the interval is ${interval}`;
}

function weightOf(step: CanaryCheck['canary']['steps'][number] | undefined): number {
  return Number(typeof step === 'object' ? step.weight : (step ?? 0));
}
