import type { AlertEnd, AlertEvent } from '../alert-event.js';
import type { HealthFinding, HealthLevel } from './report.js';

/** What one look of the monitor found, in short: the result of its workflow. */
export type MonitorResult = {
  readonly at: string;
  readonly level: HealthLevel;
  readonly pipelines: number;
  /** The worst first, the first twenty. */
  readonly problems: readonly HealthFinding[];
  /** Keys of the alerts that were raised or ended by this look. */
  readonly raised: readonly string[];
  readonly ended: readonly string[];
};

/** What the activity that looks gives to the workflow that tells. */
export type MonitorLook = {
  readonly result: Omit<MonitorResult, 'raised' | 'ended'>;
  readonly raise: readonly AlertEvent[];
  readonly end: readonly AlertEnd[];
};
