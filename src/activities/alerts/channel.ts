import type { AlertView } from '../../engine/alert-state.js';
import type { AlertTask } from '../../shared/alert-task.js';
import type { Attempt } from '../attempt.js';
import type { Environment } from '../secrets.js';
import type { AlertText } from './alert-text.js';
import type { Journal } from './journal.js';

/** One message about to be sent. */
export type Message = {
  readonly task: AlertTask;
  readonly alert: AlertView;
  readonly text: AlertText;
  readonly attempt: Attempt;
  readonly journal: Journal;
  readonly env: Environment;
  readonly projectDir: string;
};

/**
 * Sends a message and says what the receiver answered. Throws a failure that is not retried where the receiver refused
 * the message for good.
 */
export type Send<S> = (settings: S, message: Message) => Promise<string>;
