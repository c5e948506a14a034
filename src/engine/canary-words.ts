import type { CanaryView, KpiVerdict } from './canary.js';

/** `step 2 of 4 at 25 percent; p95_ms 180 (baseline 160), f1 0.91; waits for the soak, 4m left`. */
export function canaryWords(view: CanaryView): string {
  const { phase, waits_for, last } = view;
  const kpis = (last?.kpis ?? []).map(kpiWords).join(', ');
  return [
    placeWords(view),
    ...(kpis === '' ? [] : [kpis]),
    ...(phase === 'soaking' ? [] : [phase.replaceAll('_', ' ')]),
    ...(waits_for === 'nothing' ? [] : [`waits for ${waits_for}`]),
  ].join('; ');
}

/** `step 2 of 4 at 25 percent`. */
function placeWords({ step, steps, weight }: CanaryView): string {
  return `step ${step} of ${steps} at ${weight === null ? 'an unknown weight' : `${weight} percent`}`;
}

function kpiWords({ name, candidate, baseline, verdict }: KpiVerdict): string {
  const compared = baseline === null ? '' : ` (baseline ${shown(baseline)})`;
  const judged = verdict === 'successful' ? '' : ` ${verdict}`;
  return `${name} ${candidate === null ? 'unknown' : shown(candidate)}${compared}${judged}`;
}

/** As exact as people read. */
function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}
