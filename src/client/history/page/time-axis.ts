import { duration } from '../../render/wording.js';
import { COLOUR } from './draw-chart.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps that people count time in. */
const STEPS = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28, 84].map((days) => days * DAY),
];

/** An axis of times from 0 to `end` milliseconds, marked at about five round ones. */
export function timeAxis(end: number): object {
  const interval = STEPS.find((step) => end / step <= 6) ?? end;
  return {
    type: 'value',
    min: 0,
    interval,
    axisLabel: { color: COLOUR.soft, fontSize: 11, formatter: duration },
    splitLine: { lineStyle: { color: COLOUR.grid } },
  };
}
