import { assertNever } from '../../shared/assert-never.js';
import { duration } from '../render/wording.js';
import type { Anomaly } from './anomalies.js';
import type { FailureBurst } from './failure-burst.js';
import { numberWords } from './number-words.js';

/** What is unusual, by how much, and against what, in one sentence. */
export function describeAnomaly(
  anomaly: Omit<Anomaly, 'message'> & { readonly isOpen: boolean; readonly burst?: FailureBurst },
): string {
  const { kind, value, burst, isOpen } = anomaly;
  switch (kind) {
    case 'duration':
      return `${isOpen ? 'has been running for' : 'took'} ${duration(value)}${comparison(anomaly, duration)}`;
    case 'stage_duration':
      return `stage "${anomaly.stage}" took ${duration(value)}${comparison(anomaly, duration)}`;
    case 'records':
      return `counted ${numberWords(value)} records${comparison(anomaly, numberWords)}`;
    case 'cost':
      return `cost ${numberWords(value)}${comparison(anomaly, numberWords)}`;
    case 'tokens':
      return `used ${numberWords(value)} tokens${comparison(anomaly, numberWords)}`;
    case 'failures':
      return `failed in ${failures(burst)}`;
    case 'stage_failures':
      return `stage "${anomaly.stage}" failed in ${failures(burst)}`;
    default:
      return assertNever(kind);
  }
}

/** `, 4 times the usual 1m 2s (212 runs, at most 2m)`. */
function comparison(
  { ratio, value, usual }: Pick<Anomaly, 'ratio' | 'value' | 'usual'>,
  show: (value: number) => string,
): string {
  const isHigh = value > usual.high;
  const times = ratio === null || ratio === 0 ? '; usual is' : `, ${factor(ratio)} the usual`;
  const limit = isHigh ? `up to ${show(usual.high)}` : `from ${show(Math.max(0, usual.low))}`;
  return `${times} ${show(usual.median)} (median of ${usual.runs} runs; ${limit} is normal)`;
}

function factor(ratio: number): string {
  if (ratio >= 1.95) return `${Number(ratio.toPrecision(2))} times`;
  return `${Math.round(ratio * 100)}% of`;
}

function failures(burst: FailureBurst | undefined): string {
  if (burst === undefined) return 'more runs than before';
  const { failed, of, before } = burst;
  return `${failed} of its last ${of} runs; before, in ${before.failed} of ${before.of}`;
}
