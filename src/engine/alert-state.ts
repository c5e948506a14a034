import type { AlertFacts } from './alert-event.js';
import type { AlertRule, AlertSeverity, AlertSource } from './alert-rule.js';

/**
 * ```
 * pending ─for, after→ firing ─ack→ acknowledged ─┐
 *    │                   └────────────────────────┴─end→ resolved
 *    └─end→ resolved, and nobody was told
 * ```
 * - `pending`: it has not held long or often enough to be told.
 * - `firing`: people are told, and told again, until one of them acknowledges it.
 * - `acknowledged`: somebody looks after it; nobody else is told but of its end.
 * - `resolved`: its condition has ended; what is still to be sent is sent.
 */
export type AlertStatus = 'pending' | 'firing' | 'acknowledged' | 'resolved';

/** Why a message is sent. */
export type NoticeKind = 'firing' | 'repeated' | 'escalated' | 'acknowledged' | 'resolved';

/** One message to one channel, on its way. */
export type AlertNotice = {
  /** The same for every attempt to send it, so that receivers can tell a repetition. */
  readonly id: string;
  readonly channel: string;
  readonly kind: NoticeKind;
};

export type Acknowledgement = { readonly by: string; readonly at: string; readonly comment: string | null };

/** How an open alert stands: what is listed, and what its messages tell. Times are ISO 8601 in UTC. */
export type AlertView = {
  readonly key: string;
  readonly rule: string;
  readonly when: string;
  readonly status: AlertStatus;
  readonly severity: AlertSeverity;
  readonly source: AlertSource;
  readonly message: string | null;
  readonly facts: AlertFacts;
  readonly since: string;
  /** When it was found last. */
  readonly last_at: string;
  /** How often it was found; once for each run. */
  readonly count: number;
  /** Escalation steps that were taken. */
  readonly escalated: number;
  readonly acknowledged: Acknowledgement | null;
  readonly ended: { readonly at: string; readonly reason: string; readonly by: string | null } | null;
  /** Set while quiet hours hold back what is to be told. */
  readonly held_until: string | null;
  readonly channels: Readonly<Record<string, ChannelRecord>>;
};

/** What became of the messages to one channel. */
export type ChannelRecord = {
  readonly sent: number;
  readonly last_sent_at: string | null;
  /** It knows of the alert, so it is told of what becomes of it. */
  readonly told: boolean;
  /** The last message that was given up, and why. */
  readonly error: string | null;
};

/** All that an alert takes along into its next history. */
export type AlertState = Omit<AlertView, 'rule' | 'when' | 'held_until'> & {
  readonly rule: AlertRule;
  /** When the first message went out, from which escalation counts. */
  readonly told_at: string | null;
  readonly repeated_at: string | null;
  readonly outbox: readonly AlertNotice[];
  /** Messages made so far. */
  readonly made: number;
};
