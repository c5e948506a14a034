import type { Steer } from '../../engine/steering.js';
import { isJsonObject } from '../../shared/json.js';
import { refusal } from './refusal.js';

/** Refuses a message that does not say who sent it. Messages come from anywhere: their form is not trusted. */
export function checkSteer(message: unknown): asserts message is Steer {
  if (!isJsonObject(message)) {
    throw refusal('A message needs an object, with at least `by`: who sends it. And `reason`: why.');
  }
  const { by, reason } = message;
  if (typeof by !== 'string' || by.trim() === '') {
    throw refusal('The message does not say who sends it: give a name in `by`.');
  }
  if (reason !== undefined && reason !== null && typeof reason !== 'string') {
    throw refusal('The `reason` of a message must be a string.');
  }
}

/** Who and why, in the words of notes: `ada: the source is down`. */
export function byWhom({ by, reason }: Steer): string {
  return reason === undefined || reason === null || reason === '' ? by : `${by}: ${reason}`;
}
