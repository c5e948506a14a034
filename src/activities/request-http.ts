import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { Json } from '../shared/json.js';
import { ERROR_TYPE } from '../shared/names.js';
import type { Attempt } from './attempt.js';
import { checkSchema } from './check-schema.js';
import { stageFailure, validationFailure } from './failure.js';
import { type HttpAnswer, readAnswer } from './http-answer.js';
import { isRateLimit } from './rate-limit.js';
import { retryAfterMs } from './retry-after.js';
import type { Produced } from './run-attempt.js';
import { type Environment, fillSecrets } from './secrets.js';

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const RETRIED = new Set([408, 425, 429]);

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const requestParams = z.object({
  method: z.string().transform((method) => method.toUpperCase()),
  url: z.string(),
  headers: z.record(z.string(), z.union([scalar, z.null()])).default({}),
  query: z.record(z.string(), z.json()).default({}),
  body: z.json().optional(),
  expected_status: z.array(z.number()).default([]),
  response: z.enum(['auto', 'json', 'text']).default('auto'),
});
type Params = z.output<typeof requestParams>;
type Outgoing = { readonly url: URL; readonly headers: Record<string, string>; readonly body: string | null };

/**
 * Sends one request. 408, 425, 429, 5xx and broken connections are retried, after `Retry-After` where the server
 * gives one; any other status that was not expected is not. The output is `{ status, headers, body }`.
 */
export async function requestHttp(
  attempt: Pick<Attempt, 'task'> & { readonly stopped: Pick<Attempt['stopped'], 'signal'> },
  deps: { readonly env: Environment },
): Promise<Produced> {
  const filled = fillSecrets(attempt.task, deps.env);
  const params = await checkSchema(requestParams, filled, 'The request does not fit');
  const outgoing = prepare(params);
  const { signal } = attempt.stopped;
  const answer = await connected(params, outgoing, signal, async () => {
    const response = await send(params, outgoing, signal);
    return readAnswer(response, params.method);
  });
  const { status, headers } = answer;
  if (!isExpected(status, params.expected_status)) throw unexpected(params, outgoing, answer);
  return { output: { status, headers, body: bodyOf(params, outgoing, answer) } };
}

function prepare(params: Params): Outgoing {
  const url = URL.canParse(params.url) ? new URL(params.url) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw validationFailure('The `url` of the request is not an absolute http or https URL.');
  }
  for (const [name, value] of Object.entries(params.query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null)
        url.searchParams.append(name, typeof item === 'string' ? item : JSON.stringify(item));
    }
  }
  const given = Object.entries(params.headers).flatMap(([name, value]) =>
    value === null ? [] : [[name.toLowerCase(), value]],
  );
  const headers: Record<string, string> = {
    'user-agent': 'sluice',
    accept: '*/*',
    ...Object.fromEntries(given),
  };
  // Credentials in a URL are sent as a header, and must not appear in any message.
  if (url.username !== '' || url.password !== '') {
    const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers['authorization'] ??= `Basic ${Buffer.from(pair).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  return { url, headers, body: encodeBody(params.body, headers) };
}

function encodeBody(body: Json | undefined, headers: Record<string, string>): string | null {
  if (body === undefined || body === null) return null;
  if (typeof body === 'string') {
    headers['content-type'] ??= 'text/plain; charset=utf-8';
    return body;
  }
  headers['content-type'] ??= 'application/json';
  return JSON.stringify(body);
}

async function send(
  params: Params,
  outgoing: Outgoing,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  // A big library, loaded only by workers that send requests.
  const { request } = await import('undici');
  let { url, headers } = outgoing;
  for (let hops = 0; ; hops++) {
    // The stage's own timeout is the limit, not those of the HTTP library.
    const limits = { headersTimeout: 0, bodyTimeout: 0, signal };
    const response = await request(url, { method: params.method, headers, body: outgoing.body, ...limits });
    const location = response.headers['location'];
    const isFollowed = params.method === 'GET' || params.method === 'HEAD';
    if (!isFollowed || !REDIRECTS.has(response.statusCode) || typeof location !== 'string') return response;
    if (params.expected_status.includes(response.statusCode) || hops >= MAX_REDIRECTS) return response;
    await response.body.dump();
    if (!URL.canParse(location, url.href)) return response;
    const next = new URL(location, url);
    if (next.protocol !== 'http:' && next.protocol !== 'https:') return response;
    // Any header may hold a secret, and that was meant for the first host only.
    if (next.origin !== url.origin) headers = { 'user-agent': 'sluice', accept: headers['accept'] ?? '*/*' };
    url = next;
  }
}

async function connected<T>(
  params: Params,
  outgoing: Outgoing,
  signal: AbortSignal,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (signal.aborted || (error instanceof Error && 'nonRetryable' in error)) throw error;
    throw stageFailure(
      ERROR_TYPE.httpConnection,
      `${shown(params, outgoing)} got no answer: ${reasonOf(error)}.`,
    );
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A host with several addresses fails with one error for each of them and no message of its own.
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join('; ');
  return error.message;
}

function isExpected(status: number, expected: readonly number[]): boolean {
  return expected.length === 0 ? status >= 200 && status <= 299 : expected.includes(status);
}

function unexpected(params: Params, outgoing: Outgoing, answer: HttpAnswer): Error {
  const isRetried = RETRIED.has(answer.status) || answer.status >= 500;
  const start = answer.text.slice(0, 500).trim();
  const body = start === '' ? 'The answer has no body.' : `The answer begins: ${start}`;
  return stageFailure(
    ERROR_TYPE.httpStatus,
    `${shown(params, outgoing)} was answered with status ${answer.status}. ${body}`,
    {
      nonRetryable: !isRetried,
      retryAfterMs: isRetried ? retryAfterMs(answer.headers['retry-after'], Date.now()) : undefined,
      rateLimited: isRateLimit(answer.status),
    },
  );
}

function bodyOf(params: Params, outgoing: Outgoing, answer: HttpAnswer): Json {
  if (answer.text === '') return params.response === 'text' ? '' : null;
  const isJson = /[/+]json\b/i.test(answer.headers['content-type'] ?? '');
  if (params.response === 'text' || (params.response === 'auto' && !isJson)) return answer.text;
  try {
    const body: Json = JSON.parse(answer.text);
    return body;
  } catch {
    const start = answer.text.slice(0, 200).trim();
    throw stageFailure(
      ERROR_TYPE.httpStatus,
      `${shown(params, outgoing)} was answered with status ${answer.status} and a body that is not JSON. It begins: ${start}`,
    );
  }
}

// Without the query, which often carries tokens.
function shown(params: Params, { url }: Outgoing): string {
  return `${params.method} ${url.origin}${url.pathname}`;
}
