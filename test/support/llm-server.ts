import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the server treats one request. What is not said is answered well. */
export type Behaviour =
  | {
      readonly kind: 'answer';
      readonly text: string;
      readonly tokens?: readonly [input: number, output: number];
    }
  /** Refuses with 429, or 503, and says when to come again. */
  | { readonly kind: 'busy'; readonly status?: 429 | 503; readonly retryAfter?: string }
  | { readonly kind: 'status'; readonly status: number; readonly body?: string }
  /** 200 with a body that is not JSON. */
  | { readonly kind: 'malformed' }
  /** 200 with JSON that is no answer of a model. */
  | { readonly kind: 'alien' }
  /** Takes the request and answers nothing until the client goes away. */
  | { readonly kind: 'slow' }
  /** Closes the connection in the middle of its answer. */
  | { readonly kind: 'cut' };

export type Asked = {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
};

type Words = readonly string[];

/**
 * A service that speaks OpenAI's protocol over real HTTP. Each request takes the next of the `plan`; after the last one
 * it answers with the number of the request.
 */
export async function llmServer(plan: readonly Behaviour[] = []) {
  const left = [...plan];
  const asked: Asked[] = [];
  const onSlow = { taken: [] as Array<() => void>, givenUp: [] as Array<() => void> };
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      asked.push({ url: request.url ?? '', headers: request.headers, body });
      const behaviour = left.shift() ?? { kind: 'answer', text: `answer ${asked.length}` };
      respond({ request, response, body }, behaviour, onSlow);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    /** Adds to what is planned. */
    next: (...behaviours: readonly Behaviour[]): void => void left.push(...behaviours),
    /** Resolves when the server has begun to be slow. */
    taken: (): Promise<void> => new Promise((resolve) => onSlow.taken.push(resolve)),
    /** Resolves when a client has given a slow answer up. */
    givenUp: (): Promise<void> => new Promise((resolve) => onSlow.givenUp.push(resolve)),
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Asked['body'];
};

type OnSlow = { readonly taken: Array<() => void>; readonly givenUp: Array<() => void> };

function respond(exchange: Exchange, behaviour: Behaviour, onSlow: OnSlow): void {
  const { response, request, body } = exchange;
  switch (behaviour.kind) {
    case 'answer':
      if (request.url?.endsWith('/embeddings') === true) embeddings(response, body);
      else if (body['stream'] === true) stream(response, behaviour);
      else completion(response, behaviour);
      return;
    case 'busy': {
      const { status = 429, retryAfter } = behaviour;
      const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
      json(response, status, { error: { message: 'too many requests' } }, headers);
      return;
    }
    case 'status':
      response.writeHead(behaviour.status).end(behaviour.body ?? '');
      return;
    case 'malformed':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices": [');
      return;
    case 'alien':
      json(response, 200, { hello: 'world' });
      return;
    case 'slow':
      response.on('close', () => onSlow.givenUp.shift()?.());
      onSlow.taken.shift()?.();
      return;
    case 'cut':
      cut(response, body);
  }
}

const WHO = { id: 'answer-1', created: 1_700_000_000, model: 'test-model' };

function completion(
  response: ServerResponse,
  { text, tokens = [11, 7] }: Extract<Behaviour, { kind: 'answer' }>,
): void {
  json(response, 200, {
    ...WHO,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: usage(tokens),
  });
}

function stream(
  response: ServerResponse,
  { text, tokens = [11, 7] }: Extract<Behaviour, { kind: 'answer' }>,
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const word of wordsOf(text)) event(response, { choices: [{ index: 0, delta: { content: word } }] });
  event(response, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  event(response, { choices: [], usage: usage(tokens) });
  response.end('data: [DONE]\n\n');
}

/** Half an answer, then the connection is gone. */
function cut(response: ServerResponse, body: Asked['body']): void {
  if (body['stream'] === true) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    event(response, { choices: [{ index: 0, delta: { content: 'half of ' } }] });
  } else {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"id": "answer-1", "cho');
  }
  setImmediate(() => response.socket?.destroy());
}

/** Texts with more of the letter e lie further along the second axis. */
function embeddings(response: ServerResponse, body: Asked['body']): void {
  const texts = body['input'] as Words;
  const data = texts.map((text, index) => ({
    object: 'embedding',
    index,
    embedding: [1, text.split('e').length - 1],
  }));
  json(response, 200, {
    object: 'list',
    data,
    model: 'test-embedding',
    usage: { prompt_tokens: texts.length, total_tokens: texts.length },
  });
}

function event(response: ServerResponse, part: object): void {
  response.write(`data: ${JSON.stringify({ ...WHO, object: 'chat.completion.chunk', ...part })}\n\n`);
}

function json(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function usage([input, output]: readonly [number, number]): object {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

function wordsOf(text: string): Words {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

async function readBody(request: IncomingMessage): Promise<Asked['body']> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Asked['body'];
}
