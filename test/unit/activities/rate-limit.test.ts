import { describe, expect, it } from 'vitest';
import { StageFailure } from '../../../src/activities/stage-failure.js';
import { toFailure } from '../../../src/activities/failure.js';

function failureOf(thrown: unknown) {
  const failure = toFailure(thrown, { redact: undefined, retryable: undefined, attempt: 2 });
  return { delay: failure.nextRetryDelay, detail: failure.details?.[0] };
}

const error = (fields: object): Error => Object.assign(new Error('too many requests'), fields);

describe('an error that says that too much was asked', () => {
  it.each([
    ['status and plain headers', error({ status: 429, headers: { 'retry-after': '7' } })],
    ['status and Headers', error({ status: 503, headers: new Headers({ 'Retry-After': '7' }) })],
    ['statusCode and responseHeaders', error({ statusCode: 429, responseHeaders: { 'retry-after': '7' } })],
    ['a response', error({ response: { status: 429, headers: { 'retry-after': '7' } } })],
    ['words of its own', new StageFailure('no', { rateLimited: true, retryAfterMs: 7_000 })],
  ])('is known by %s', (_what, thrown) => {
    expect(failureOf(thrown)).toEqual({ delay: 7_000, detail: { attempt: 2, rate_limited: true } });
  });

  it.each([
    ['another status', error({ status: 500, headers: { 'retry-after': '7' } })],
    ['no time to come again', error({ status: 429 })],
    ['a delay of its own', new StageFailure('no', { retryAfterMs: 7_000 })],
  ])('is not one with %s', (_what, thrown) => {
    expect(failureOf(thrown).detail).toEqual({ attempt: 2 });
  });
});
