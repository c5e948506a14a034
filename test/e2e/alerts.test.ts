import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SluiceClient } from '../../src/client/index.js';
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from '../../src/client/temporal-server/embedded-server.js';
import { compileDefinition } from '../../src/definition/compile.js';
import type { AlertView } from '../../src/engine/alert-state.js';
import type { Plan } from '../../src/engine/plan.js';
import { httpReceiver, type Received } from '../support/http-receiver.js';
import { CERTIFICATE_FILE, mailReceiver } from '../support/mail-receiver.js';
import { runCli } from '../support/run-cli.js';

const CLI = fileURLToPath(new URL('../../dist/client/cli/main.js', import.meta.url));
const PROJECT = fileURLToPath(new URL('fixtures/alerts', import.meta.url));
const SECRET = 'a secret of the worker';

/** Moments at which the worker is killed: a receiver was asked and has taken nothing, or has taken the message. */
let killAt: ('asked' | 'taken')[] = [];
let dir: string;
let server: EmbeddedServer;
let client: SluiceClient;
let worker: ReturnType<typeof spawnWorker> | null = null;
let http: Awaited<ReturnType<typeof httpReceiver>>;
let mail: Awaited<ReturnType<typeof mailReceiver>>;
const hooks: Received[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-alerts-'));
  http = await httpReceiver(async (request) => {
    if (request.url === '/gone') return { status: 410, body: 'channel_is_archived' };
    if (request.url !== '/hook') return { status: 202 };
    if (killAt[0] === 'asked') return killWorker();
    hooks.push(request);
    return killAt[0] === 'taken' ? killWorker() : { status: 200 };
  });
  mail = await mailReceiver({
    onAuth: ({ password }, _session, callback) =>
      callback(password === SECRET ? null : new Error('no'), { user: 'sluice' }),
  });
  server = await startEmbeddedServer({ dir, headless: true });
  client = await SluiceClient.connect({
    connectionOptions: { address: server.address },
    taskQueue: 'alerts',
  });
  worker = spawnWorker();
});
afterAll(async () => {
  worker?.kill('SIGKILL');
  await client.close();
  await server.release();
  await Promise.all([http.close(), mail.close()]);
  await rm(dir, { recursive: true, force: true });
});

function spawnWorker() {
  const env = {
    RECEIVER: http.url,
    HOOK_SECRET: SECRET,
    MAIL_PASSWORD: SECRET,
    MAIL_PORT: String(mail.port),
    CA_FILE: CERTIFICATE_FILE,
  };
  return execa('node', [CLI, 'worker', '--address', server.address], { cwd: PROJECT, env, reject: false });
}

/** Ends the worker as a power cut would, and has another one take over. The sender gets no answer. */
async function killWorker(): Promise<null> {
  killAt.shift();
  const killed = worker;
  killed?.kill('SIGKILL');
  await killed;
  worker = spawnWorker();
  return null;
}

function plan(fails: boolean): Plan {
  const { plan: made, problems } = compileDefinition(
    {
      name: 'prices',
      stages: [{ id: 'load', uses: 'work', with: { fails }, retry: { max_attempts: 1 } }],
      alerts: [
        {
          name: 'failed',
          when: "pipeline_status == 'failed'",
          severity: 'high',
          channels: ['hook', 'pager', 'mail', 'gone'],
        },
      ],
    },
    { catalog: null, env: {}, file: 'prices.yaml' },
  );
  if (made === null) throw new Error(problems.map((problem) => problem.message).join('\n'));
  return made;
}

async function cli(...args: string[]) {
  return runCli([...args, '--address', server.address], { cwd: PROJECT });
}

async function open(...flags: string[]): Promise<readonly AlertView[]> {
  return ((await cli('alerts', 'list', '--json', ...flags)).json() as { alerts: readonly AlertView[] })
    .alerts;
}

const idsOf = (kind: string): readonly unknown[] =>
  hooks
    .filter(({ body }) => body.includes(`"kind":"${kind}"`))
    .map(({ headers }) => headers['idempotency-key']);

describe('an alert', () => {
  it('reaches every channel although its worker is killed, and no receiver that knows IDs has it twice', async () => {
    killAt = ['asked', 'taken'];
    const run = await client.start(plan(true));
    expect((await run.result()).status).toBe('failed');
    await vi.waitFor(
      async () => {
        const [alert] = await open();
        expect(alert?.channels).toMatchObject({ hook: { sent: 1 }, pager: { sent: 1 }, mail: { sent: 1 } });
        expect(alert?.channels['gone']?.error).toMatch(/410: channel_is_archived/);
      },
      { timeout: 120_000, interval: 1_000 },
    );
    expect(killAt).toEqual([]);
    // Taken before the worker died, and again with the same ID.
    expect(idsOf('firing')).toHaveLength(2);
    expect(new Set(idsOf('firing')).size).toBe(1);
    const messageIds = mail.mails.map((text) => /^Message-ID: (.+)$/im.exec(text)?.[1]);
    expect(new Set(messageIds).size).toBe(1);
    // Long lines are folded, with a mark at each fold.
    expect(mail.mails[0]?.replaceAll(/=\r?\n/g, '')).toContain(`sluice resume ${run.workflowId}`);
    const { history } = {
      history: JSON.stringify(await client.temporal.workflow.getHandle('alert/prices/failed').fetchHistory()),
    };
    expect(history).not.toContain(SECRET);
    expect(history).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 20));
  });

  it('is listed and acknowledged on the command line, which tries channels too', async () => {
    const missing = await cli('alerts', 'ack', 'prices/faild');
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toMatch(/No alert "prices\/faild" is open[\s\S]*Did you mean "prices\/failed"/);
    const taken = await cli('alerts', 'ack', 'prices/failed', '--as', 'ada', '--comment', 'on it');
    expect(taken.stderr).toContain('Acknowledged "prices/failed" as ada.');
    const late = await cli('alerts', 'ack', 'prices/failed', '--as', 'bob');
    expect(late.exitCode).toBe(1);
    expect(late.stderr).toContain('ada has acknowledged it already');
    await vi.waitFor(
      async () => expect((await cli('alerts', 'list')).stdout).toContain('ada looks after it'),
      {
        timeout: 20_000,
        interval: 500,
      },
    );
    const tried = await cli('alerts', 'test', 'hook');
    expect(tried.stderr).toContain('The channel "hook" took the message: 200');
    const refused = await cli('alerts', 'test', 'gone');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('answered with status 410: channel_is_archived');
    const unknown = await cli('alerts', 'test', 'hok');
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain('Did you mean "hook"');
  });

  it('ends with the next run that succeeds, which every channel is told that knew of it', async () => {
    const run = await client.start(plan(false));
    expect((await run.result()).status).toBe('succeeded');
    await client.temporal.workflow.getHandle('alert/prices/failed').result();
    expect(idsOf('resolved')).toHaveLength(1);
    const actions = http.received
      .filter(({ url }) => url === '/pager')
      .map(({ body }) => (JSON.parse(body) as { event_action: string }).event_action);
    expect(actions.at(-1)).toBe('resolve');
    expect(mail.mails.at(-1)).toMatch(/^Subject: Resolved: prices\/failed/m);
    await vi.waitFor(async () => expect(await open()).toEqual([]), { timeout: 20_000, interval: 500 });
    expect(await open('--all')).toMatchObject([
      { key: 'prices/failed', status: 'resolved', acknowledged: { by: 'ada', comment: 'on it' } },
    ]);
    await (await client.start(plan(true))).result();
    const closed = await cli(
      'alerts',
      'close',
      'prices/failed',
      '--as',
      'ada',
      '--comment',
      'a test',
      '--json',
    );
    expect(closed.json()).toEqual({ key: 'prices/failed', closed: true, by: 'ada' });
    const alert = client.temporal.workflow.getHandle('alert/prices/failed');
    expect(await alert.result()).toMatchObject({ ended: { by: 'ada', reason: 'ada closed it: a test' } });
  });
});
