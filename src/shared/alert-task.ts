import type { JsonObject } from './json.js';

/** The argument of the activity that sends one message about an alert to one channel. */
export type AlertTask = {
  /** The same for every attempt, so that receivers can tell a repetition. */
  readonly id: string;
  readonly channel: string;
  readonly kind: 'firing' | 'repeated' | 'escalated' | 'acknowledged' | 'resolved' | 'test';
  /** The alert as it stood when the message was made; an `AlertView`. */
  readonly alert: JsonObject;
};

/** `note`: what the receiver said, for the Web UI. */
export type AlertReceipt = { readonly channel: string; readonly note: string };
