import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineStage } from '../../../../src/activities/define-stage.js';
import { dataAsOf } from '../../../../src/activities/monitor/data-as-of.js';
import {
  type CheckAction,
  type CheckDeps,
  readAnswer,
  runCheck,
  type UserCheck,
} from '../../../../src/activities/monitor/run-check.js';
import { createFolderStore } from '../../../../src/storage/folder-store.js';

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/silent') return;
    response.writeHead(request.url === '/well' ? 200 : 503).end('no database');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const answers = defineStage({
  name: 'answers',
  params: z.object({ answer: z.json() }),
  output: z.json(),
  run: ({ params }) => params.answer,
});
const connects = defineStage({
  name: 'connects',
  params: z.object({}),
  output: z.json(),
  run: ({ ctx }) => {
    throw new Error(`cannot log in with ${ctx.secrets.get('DB_PASSWORD')}`);
  },
});

const deps: CheckDeps = {
  stages: new Map([answers, connects].map((stage) => [stage.name, stage])),
  env: { PATH: process.env['PATH'], DB_PASSWORD: 'correct horse' },
  projectDir: tmpdir(),
  store: createFolderStore(tmpdir()),
};

function check(action: CheckAction, overrides: Partial<UserCheck> = {}): UserCheck {
  return { name: 'it', timeout_ms: 5_000, level: 'fail', fix: 'Call us.', secrets: [], action, ...overrides };
}

const get = (path: string): CheckAction => ({
  kind: 'http',
  request: { url: `${url}${path}`, method: 'GET', expected_status: [], response: 'text' },
});
const asks = (answer: unknown): CheckAction => ({
  kind: 'uses',
  uses: 'answers',
  with: { answer: answer as never },
});
const runs = (...command: string[]): CheckAction => ({ kind: 'run', command: { command, grace_ms: 100 } });

describe('a check by a request', () => {
  it('holds when the answer is what is expected, and says what came instead', async () => {
    expect(await runCheck(check(get('/well')), deps)).toMatchObject({ level: 'ok', fix: null });
    expect(await runCheck(check(get('/ill')), deps)).toMatchObject({
      level: 'fail',
      message: expect.stringContaining('status 503') as string,
      fix: 'Call us.',
    });
  });

  it('does not hold when no answer comes in time', async () => {
    const result = await runCheck(check(get('/silent'), { timeout_ms: 50, level: 'warn' }), deps);
    expect(result).toMatchObject({ level: 'warn', message: 'It gave no answer within 50ms.' });
  });
});

describe('a check by a stage function', () => {
  it('holds or not as the function says', async () => {
    expect(await runCheck(check(asks({ ok: true, message: '12 rows' })), deps)).toMatchObject({
      level: 'ok',
      message: '12 rows',
    });
    expect(await runCheck(check(asks({ ok: false, message: 'empty' })), deps)).toMatchObject({
      level: 'fail',
      message: 'empty',
    });
  });

  it('does not hold when it throws, and its error shows no secret', async () => {
    const action: CheckAction = { kind: 'uses', uses: 'connects', with: {} };
    const result = await runCheck(check(action, { secrets: ['DB_PASSWORD'] }), deps);
    expect(result).toMatchObject({ level: 'fail', message: 'cannot log in with ***' });
  });

  it('names the functions that there are', async () => {
    const action: CheckAction = { kind: 'uses', uses: 'answer', with: {} };
    expect((await runCheck(check(action), deps)).message).toContain('There are: answers, connects.');
  });
});

describe('a check by a command', () => {
  it('holds when the command exits with 0, and otherwise shows its last lines', async () => {
    expect(await runCheck(check(runs('true')), deps)).toMatchObject({ level: 'ok' });
    const failing = await runCheck(check(runs('sh', '-c', 'echo no space >&2; exit 3')), deps);
    expect(failing).toMatchObject({ level: 'fail', message: expect.stringContaining('no space') as string });
  });

  it('is ended when it takes too long', async () => {
    const result = await runCheck(check(runs('sleep', '60'), { timeout_ms: 50 }), deps);
    expect(result).toMatchObject({ level: 'fail', message: 'It gave no answer within 50ms.' });
  });
});

it.each([
  [true, 'ok'],
  [null, 'ok'],
  [{ rows: 3 }, 'ok'],
  [{ level: 'warn', message: 'soon' }, 'warn'],
  [{ level: 'ok' }, 'ok'],
  [false, null],
  [{ ok: false }, null],
] as const)('reads the answer %j as %s', (answer, level) => {
  expect(readAnswer(answer).level).toBe(level);
});

describe('the time of the newest data', () => {
  const ask = (answer: unknown) =>
    dataAsOf('prices', { uses: 'answers', with: { answer: answer as never }, secrets: [] }, deps);

  it.each(['2026-03-02T12:00:00Z', 1_772_452_800_000, { as_of: '2026-03-02T12:00:00.000Z' }])(
    'is read from %j',
    async (answer) => {
      expect(await ask(answer)).toEqual({ as_of: '2026-03-02T12:00:00.000Z' });
    },
  );

  it('is a problem where the function gives none', async () => {
    expect(await ask('yesterday')).toEqual({ problem: '"answers" gave "yesterday", which is no time.' });
  });
});
