import type { BackfillReport, PartitionStatus } from '../../../engine/backfill.js';
import { duration } from '../../render/wording.js';
import type { Colours } from '../context.js';

const BAR_WIDTH = 24;

/** Counts in the order in which they are worth knowing. */
const COUNTED: ReadonlyArray<readonly [PartitionStatus, string]> = [
  ['succeeded', 'succeeded'],
  ['done_before', 'done before'],
  ['failed', 'failed'],
  ['timed_out', 'timed out'],
  ['cancelled', 'cancelled'],
  ['running', 'running'],
  ['pending', 'to come'],
];

/** `━━━━──── 120 of 365  118 succeeded, 2 failed, 4 running, about 2m left`. */
export function progressLine(report: BackfillReport, colours: Colours): string {
  const { counts, fraction, eta_ms, paused } = report;
  const full = Math.round(fraction * BAR_WIDTH);
  const bar = `${colours.cyan('━'.repeat(full))}${colours.dim('─'.repeat(BAR_WIDTH - full))}`;
  const asked = counts.total - counts.left_out;
  const done = asked - counts.pending - counts.running;
  const left =
    paused !== null
      ? `, ${colours.yellow(`paused by ${paused.by}`)}`
      : eta_ms === null || eta_ms < 1000
        ? ''
        : `, about ${duration(eta_ms)} left`;
  return `${bar} ${done} of ${asked}  ${countWords(report, colours)}${left}`;
}

/** `118 succeeded, 2 failed`. */
export function countWords({ counts }: Pick<BackfillReport, 'counts'>, colours: Colours): string {
  return COUNTED.flatMap(([status, words]) => {
    const count = counts[status];
    return count === 0 ? [] : [partitionColour(status, colours)(`${count} ${words}`)];
  }).join(', ');
}

export function partitionColour(status: PartitionStatus, colours: Colours): Colours['red'] {
  switch (status) {
    case 'succeeded':
    case 'done_before':
      return colours.green;
    case 'failed':
    case 'timed_out':
      return colours.red;
    case 'cancelled':
      return colours.yellow;
    case 'running':
      return colours.cyan;
    default:
      return colours.dim;
  }
}
