import { isRateLimit } from '../../activities/rate-limit.js';
import { retryAfterMs } from '../../activities/retry-after.js';
import { StageFailure } from '../../activities/stage-failure.js';
import { loadAi } from '../libraries/ai.js';
import { NODE_ERROR } from '../node-errors.js';

/** The service took the request and may bill it, though its answer is of no use. */
export class LostAnswer extends StageFailure {}

/** Statuses below 500 after which the same request may succeed. */
const RETRIED = new Set([408, 409, 425]);

/**
 * What went wrong with a call to a model, as a failure of the stage: whether it is worth another attempt, and when. What
 * is no error of a service (a stop, a missing secret, a bug) is given back as it is.
 */
export async function modelFailure(thrown: unknown, model: string): Promise<unknown> {
  const { APICallError, InvalidResponseDataError, TypeValidationError } = await loadAi();
  const chain = causesOf(thrown);
  const own = chain.find((error) => error instanceof StageFailure);
  if (own !== undefined) return own;
  const call = chain.find((error) => APICallError.isInstance(error));
  const status = call?.statusCode;
  if (call !== undefined && status !== undefined && status >= 400)
    return statusFailure(call, { model, status });
  if (chain.some(isConnectionError)) {
    const Failure = chain.some(neverConnected) ? StageFailure : LostAnswer;
    return unavailable(`The connection to the model "${model}" failed`, { chain, Failure });
  }
  if (chain.some((error) => TypeValidationError.isInstance(error))) return protocolFailure(model, chain);
  if (chain.some((error) => InvalidResponseDataError.isInstance(error))) return cutOff(model);
  if (call !== undefined)
    return unavailable(`The model "${model}" gave an answer that is not JSON`, { chain });
  return thrown;
}

/** An answer that ended before the model had said that it is complete. */
export function cutOff(model: string): StageFailure {
  return unavailable(`The answer of the model "${model}" broke off`);
}

type CallError = Error & {
  readonly responseHeaders?: Record<string, string> | undefined;
  readonly responseBody?: string | undefined;
};

function statusFailure(
  thrown: CallError,
  { model, status }: { readonly model: string; readonly status: number },
): StageFailure {
  const waitMs = retryAfterMs(thrown.responseHeaders?.['retry-after'], Date.now());
  const wait = waitMs === undefined ? {} : { retryAfterMs: waitMs };
  const said = (thrown.responseBody ?? '').trim().slice(0, 500);
  const message = `The model "${model}" answered ${status}${said === '' ? '' : `: ${said}`}`;
  if (status === 429 || (isRateLimit(status) && waitMs !== undefined)) {
    return new StageFailure(message, { type: NODE_ERROR.rateLimited, rateLimited: true, ...wait });
  }
  if (status >= 500 || RETRIED.has(status)) {
    return new StageFailure(message, { type: NODE_ERROR.unavailable, ...wait });
  }
  return new StageFailure(message, { type: NODE_ERROR.refused, retryable: false });
}

function protocolFailure(model: string, chain: readonly Error[]): StageFailure {
  return new LostAnswer(
    `The model "${model}" gave an answer that is none of an OpenAI-compatible service: check the \`url\` of the endpoint`,
    { type: NODE_ERROR.protocol, retryable: false, cause: chain.at(-1) },
  );
}

function unavailable(
  message: string,
  {
    chain = [],
    Failure = LostAnswer,
  }: { readonly chain?: readonly Error[]; readonly Failure?: typeof StageFailure } = {},
): StageFailure {
  const reason = chain.at(-1);
  return new Failure(reason === undefined ? `${message}.` : `${message}: ${reason.message}.`, {
    type: NODE_ERROR.unavailable,
  });
}

/** An error and what caused it, down to the first cause. */
function causesOf(thrown: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let error = thrown; error instanceof Error && !chain.includes(error); error = error.cause)
    chain.push(error);
  return chain;
}

function neverConnected(error: Error): boolean {
  return 'code' in error && NEVER_CONNECTED.has(String(error.code));
}

const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Errors of sockets and of the HTTP library carry a code. */
function isConnectionError(error: Error): boolean {
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^(E[A-Z]+|UND_ERR_.*)$/.test(code);
}
