const FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/i;

/** How an instant is written, for messages. */
export const INSTANT_FORM = 'an ISO 8601 time with its zone, such as "2030-01-31T09:00:00Z"';

/** True for an ISO 8601 time that has its zone. */
export function isInstant(text: string): boolean {
  return FORM.test(text) && !Number.isNaN(Date.parse(text));
}
