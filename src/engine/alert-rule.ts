/** From the least to the most urgent. */
export const ALERT_SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;

export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/**
 * When people are told, and how. Durations are milliseconds. `when` is bare CEL over the names of `alert-names.ts`;
 * `message` and `group_by` may hold `${{ CEL }}` over the same names.
 */
export type AlertRule = {
  /** Unique in its definition, or in its monitor. */
  readonly name: string;
  readonly when: string;
  /** Who evaluates it: what it reads is known to a run, or only to a monitor. */
  readonly by: AlertSource;
  readonly severity: AlertSeverity;
  /** Names of channels of the configuration. */
  readonly channels: readonly string[];
  /** What people read; the rule and its facts where there is none. */
  readonly message?: string;
  /** Minutes of a run after which the truth of the rule may change by itself: it is evaluated then too. */
  readonly at_minutes?: readonly number[];
  /** What else happens in a run that may change its truth: a run evaluates it then too, before it ends. */
  readonly also_on?: readonly AlertTrigger[];
  /** Each value has an alert of its own; a part of the key. */
  readonly group_by?: string;
  /** It is told once it has held this long. */
  readonly for_ms?: number;
  /** It is told once it was found this often without a good run in between. */
  readonly after_times?: number;
  /** Tells again after this time, until a person acknowledges it. */
  readonly repeat_ms?: number;
  /** Steps taken while nobody acknowledges it, in the order of their times. */
  readonly escalate?: readonly Escalation[];
  readonly quiet_hours?: QuietHours;
  /** False: nobody is told when it is over. @default true */
  readonly tell_end?: boolean;
};

export type AlertSource = 'run' | 'monitor';

/**
 * - `deadline`: a deadline is near, at risk or missed.
 * - `people`: a stage is held, or waits for approval.
 */
export type AlertTrigger = 'deadline' | 'people';

/** Who is told as well when nobody has acknowledged an alert for so long, counted from when it was told first. */
export type Escalation = {
  readonly after_ms: number;
  readonly channels: readonly string[];
  /** Of the alert from then on; as it was where there is none. */
  readonly severity?: AlertSeverity;
};

/** A part of each day in which what is less severe than `below` is held until its end. */
export type QuietHours = {
  /** Minutes of the day where the clocks of `timezone` are; `from` may be later than `to`. */
  readonly from: number;
  readonly to: number;
  /** An IANA name, such as Europe/Berlin. */
  readonly timezone: string;
  readonly below: AlertSeverity;
};

/** True when `a` is less severe than `b`. */
export function isLessSevere(a: AlertSeverity, b: AlertSeverity): boolean {
  return ALERT_SEVERITIES.indexOf(a) < ALERT_SEVERITIES.indexOf(b);
}
