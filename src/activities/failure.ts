import { ApplicationFailure } from '@temporalio/common';
import { ERROR_TYPE } from '../shared/names.js';
import type { Json } from '../shared/json.js';
import type { ItemResult, TaskFailureDetail } from '../shared/task.js';
import type { Redact } from './secrets.js';
import { rateLimitOf } from './rate-limit.js';
import { shorten } from './shorten.js';

/** Temporal refuses failures of megabytes, and people stop reading long before. */
const LONGEST_MESSAGE = 8_000;

/** A failure of Sluice's own stage kinds. */
export function stageFailure(
  type: string,
  message: string,
  options: {
    readonly nonRetryable?: boolean;
    readonly retryAfterMs?: number | undefined;
    readonly rateLimited?: boolean;
  } = {},
): ApplicationFailure {
  const failure = ApplicationFailure.create({
    type,
    message,
    nonRetryable: options.nonRetryable ?? false,
    ...(options.retryAfterMs === undefined ? {} : { nextRetryDelay: options.retryAfterMs }),
  });
  return options.rateLimited === true ? Object.assign(failure, { rateLimited: true }) : failure;
}

/** Params or output that do not fit; never retried, since the same values would fail again. */
export function validationFailure(message: string): ApplicationFailure {
  return stageFailure(ERROR_TYPE.validation, message, { nonRetryable: true });
}

/**
 * Whatever a stage threw, as the failure that the run sees: typed, without secrets, not longer than fits.
 * With a list of `retryable` types every other type is not retried.
 */
export function toFailure(
  thrown: unknown,
  options: {
    readonly redact: Redact;
    readonly retryable: readonly string[] | undefined;
    readonly attempt: number;
    /** Set where the next attempt is another activity, which is told what this one knew. */
    /** What has ended of a batch. */
    readonly items?: ReadonlyArray<ItemResult | null> | undefined;
    readonly handsOver?: { readonly checkpoint: Json | undefined } | undefined;
  },
): ApplicationFailure {
  const type = typeOf(thrown);
  const { retryable = [] } = options;
  // The retry of `NotReady` is how `wait_for` polls.
  const isListed = retryable.length === 0 || retryable.includes(type) || type === ERROR_TYPE.notReady;
  const limit = rateLimitOf(thrown, Date.now());
  const retryAfterMs = retryDelayOf(thrown) ?? limit?.retryAfterMs;
  const checkpoint = options.handsOver?.checkpoint;
  const detail: TaskFailureDetail = {
    attempt: options.attempt,
    ...(limit !== null && retryAfterMs !== undefined ? { rate_limited: true as const } : {}),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(options.items === undefined ? {} : { items: options.items }),
  };
  const failure = ApplicationFailure.create({
    type,
    details: [detail],
    message: shorten(clean(messageOf(thrown), options.redact), LONGEST_MESSAGE),
    nonRetryable: isFinal(thrown) || !isListed,
    ...(retryAfterMs === undefined ? {} : { nextRetryDelay: retryAfterMs }),
  });
  // The Web UI shows the stack of the stage function, not that of this wrapper.
  if (thrown instanceof Error)
    failure.stack = shorten(clean(thrown.stack ?? '', options.redact), LONGEST_MESSAGE);
  return failure;
}

// Stage functions may come from another copy of this package or of the SDK, so errors are told by their fields.
function typeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'Error';
  const own = field(thrown, 'type');
  if (typeof own === 'string' && own !== '') return own;
  if (thrown.name !== '' && thrown.name !== 'Error') return thrown.name;
  return thrown.constructor.name === '' ? 'Error' : thrown.constructor.name;
}

function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `The stage threw ${describe(thrown)} instead of an error.`;
  const { cause } = thrown;
  const reason =
    cause instanceof Error && !thrown.message.includes(cause.message) ? `: ${cause.message}` : '';
  return `${thrown.message === '' ? thrown.name : thrown.message}${reason}`;
}

function describe(thrown: unknown): string {
  if (typeof thrown === 'string') return `"${thrown}"`;
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  try {
    return JSON.stringify(thrown);
  } catch {
    return 'an object';
  }
}

function isFinal(thrown: unknown): boolean {
  return field(thrown, 'nonRetryable') === true || field(thrown, 'retryable') === false;
}

function retryDelayOf(thrown: unknown): number | undefined {
  const delay = field(thrown, 'retryAfterMs') ?? field(thrown, 'nextRetryDelay');
  return typeof delay === 'number' && Number.isFinite(delay) && delay >= 0 ? delay : undefined;
}

function field(thrown: unknown, name: string): unknown {
  return typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, name) : undefined;
}

function clean(text: string, redact: Redact): string {
  return redact === undefined ? text : redact(text);
}
