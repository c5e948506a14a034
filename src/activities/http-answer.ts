import type { Dispatcher } from 'undici';
import { stageFailure } from './failure.js';
import { ERROR_TYPE } from '../shared/names.js';

/** A response that was read to its end. */
export type HttpAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
};

/** Answers are outputs, and outputs are kept with the run; bigger data should be fetched by a stage function. */
export const LARGEST_BODY = 32 * 1024 * 1024;

/** Reads a response; throws `HttpError` when its body is larger than {@link LARGEST_BODY}. */
export async function readAnswer(response: Dispatcher.ResponseData, method: string): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.byteLength;
    if (size > LARGEST_BODY) {
      response.body.destroy();
      const limit = `${LARGEST_BODY / 1024 / 1024} MiB`;
      throw stageFailure(
        ERROR_TYPE.httpStatus,
        `The answer to the ${method} request is larger than the limit of ${limit}. Fetch it in a stage function and keep it as an artifact.`,
        { nonRetryable: true },
      );
    }
    chunks.push(bytes);
  }
  return {
    status: response.statusCode,
    headers: plainHeaders(response.headers),
    text: Buffer.concat(chunks).toString('utf8'),
  };
}

// Cookies are credentials, and outputs are kept with the run.
function plainHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined || name === 'set-cookie') return [];
    return [[name, Array.isArray(value) ? value.join(', ') : value]];
  });
  return Object.fromEntries(entries);
}
