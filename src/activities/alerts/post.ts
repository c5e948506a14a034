import { ERROR_TYPE } from '../../shared/names.js';
import { stageFailure } from '../failure.js';
import { retryAfterMs } from '../retry-after.js';
import type { Message } from './channel.js';

type Post = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
};

/** Answers with which the same request may succeed later. */
const RETRIED = new Set([408, 425, 429]);
const LONGEST_ANSWER = 4_096;

/**
 * Posts to a receiver and gives the start of its answer. Addresses often hold secrets, so messages name the host only.
 */
export async function post({ url, headers, body, timeoutMs }: Post, message: Message): Promise<string> {
  const target = URL.canParse(url) ? new URL(url) : null;
  if (target === null || !/^https?:$/.test(target.protocol)) {
    throw refused('The address of the channel is not an http or https URL.');
  }
  const { request } = await import('undici');
  const limit = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([limit, message.attempt.stopped.signal]);
  let status: number;
  let answer: string;
  let retryAfter: string | undefined;
  message.journal.asking();
  try {
    const response = await request(target, {
      method: 'POST',
      headers: { 'user-agent': 'sluice', 'idempotency-key': message.task.id, ...headers },
      body,
      signal,
    });
    status = response.statusCode;
    const wait = response.headers['retry-after'];
    retryAfter = typeof wait === 'string' ? wait : undefined;
    answer = await start(response.body);
  } catch (error) {
    message.attempt.stopped.signal.throwIfAborted();
    const why = limit.aborted ? `no answer within ${timeoutMs / 1_000} s` : reasonOf(error);
    throw stageFailure(ERROR_TYPE.channel, `${target.host} could not be asked: ${why}.`);
  }
  if (status >= 200 && status <= 299) return `${status} ${answer}`.trim();
  const said = `${target.host} answered with status ${status}${answer === '' ? '' : `: ${answer}`}`;
  message.journal.notTaken();
  if (!RETRIED.has(status) && status < 500) throw refused(`${said}.`);
  throw stageFailure(ERROR_TYPE.channel, `${said}.`, {
    retryAfterMs: retryAfterMs(retryAfter, Date.now()),
  });
}

/** Nothing that another attempt could change. */
export function refused(message: string): Error {
  return stageFailure(ERROR_TYPE.channelRefused, message, { nonRetryable: true });
}

async function start(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size >= LONGEST_ANSWER) break;
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, 300).trim();
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join('; ');
  return error instanceof Error ? error.message : String(error);
}
