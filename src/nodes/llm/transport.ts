import { Agent, type Dispatcher, request } from 'undici';
import { memoize } from '../../activities/memoize.js';
import { openRecordings, type Recordings } from './recordings.js';

/** How requests reach a service. */
export type Transport = typeof globalThis.fetch;

/** The way that requests take. */
export type Route = {
  readonly dispatcher: Dispatcher;
  readonly send: (action: () => Promise<Dispatcher.ResponseData>) => Promise<Dispatcher.ResponseData>;
  /** Called when a response has been read. */
  readonly ended: () => Promise<void>;
};

/** The stage's own timeout is the limit, not those of the HTTP library: a model may think for longer. */
const NO_LIMITS = { headersTimeout: 0, bodyTimeout: 0 };

/** Sends requests as they are, or records or replays their responses. Never sends one twice. */
export function createTransport(recordings?: Recordings): Transport {
  const open = memoize(() => (recordings === undefined ? plainRoute() : openRecordings(recordings)));
  return async (input, init) => {
    const route = await open();
    const answer = await route.send(() =>
      request(input instanceof Request ? input.url : String(input), {
        method: init?.method ?? 'GET',
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: typeof init?.body === 'string' ? init.body : null,
        signal: init?.signal ?? null,
        dispatcher: route.dispatcher,
        ...NO_LIMITS,
      }),
    );
    const body = answer.statusCode === 204 ? null : ReadableStream.from(whole(answer.body, route));
    return new Response(body, { status: answer.statusCode, headers: plainHeaders(answer.headers) });
  };
}

function plainRoute(): Route {
  return { dispatcher: new Agent(NO_LIMITS), send: (action) => action(), ended: () => Promise.resolve() };
}

/** Ends after what has to happen with a whole response, so that nobody goes on before it. */
async function* whole(body: AsyncIterable<Uint8Array>, route: Route): AsyncGenerator<Uint8Array> {
  yield* body;
  await route.ended();
}

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
  );
  return Object.fromEntries(pairs);
}
