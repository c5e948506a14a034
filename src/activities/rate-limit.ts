import { retryAfterMs } from './retry-after.js';

/** Statuses by which a service says that too much is asked of it. */
export function isRateLimit(status: unknown): boolean {
  return status === 429 || status === 503;
}

/**
 * What an error says about a service that was asked too much; null when it is about something else. HTTP clients and
 * the libraries of services put status and headers on their errors under a few names.
 */
export function rateLimitOf(
  thrown: unknown,
  now: number,
): { readonly retryAfterMs: number | undefined } | null {
  if (field(thrown, 'rateLimited') === true) return { retryAfterMs: undefined };
  const response = field(thrown, 'response');
  const status = field(thrown, 'status') ?? field(thrown, 'statusCode') ?? field(response, 'status');
  if (!isRateLimit(status)) return null;
  const headers = field(thrown, 'headers') ?? field(thrown, 'responseHeaders') ?? field(response, 'headers');
  return { retryAfterMs: retryAfterMs(headerIn(headers), now) };
}

function headerIn(headers: unknown): string | undefined {
  const value = headers instanceof Headers ? headers.get('retry-after') : field(headers, 'retry-after');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
