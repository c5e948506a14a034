import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, httpReceiver, type Received } from '../../../support/http-receiver.js';
import { CERTIFICATE_FILE, mailReceiver } from '../../../support/mail-receiver.js';
import { sendTo } from './alert-rig.js';

const closers: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function receiver(answer: (request: Received) => Answer | null = () => ({ status: 200, body: 'ok' })) {
  const server = await httpReceiver(answer);
  closers.push(server.close);
  return server;
}

async function mailServer(options: Parameters<typeof mailReceiver>[0] = {}) {
  const server = await mailReceiver(options);
  closers.push(server.close);
  const email = {
    host: 'localhost',
    port: server.port,
    user: 'sluice',
    password: '${SMTP_PASSWORD}',
    from: 'Sluice <sluice@example.com>',
    to: ['ops@example.com', 'boss@example.com'],
    caFile: CERTIFICATE_FILE,
  };
  return { server, email };
}

const json = (text = '{}'): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('a message to Slack', () => {
  it('tells what happened, the facts and the commands to run next', async () => {
    const { url, received } = await receiver();
    const { receipt } = await sendTo(
      { slack: { webhookUrl: '${HOOK}' } },
      { env: { HOOK: `${url}/services/T0/B0/secret` } },
    );
    expect(receipt).toEqual({ channel: 'ops', note: '200 ok' });
    const [request] = received;
    expect(request?.url).toBe('/services/T0/B0/secret');
    const body = json(request?.body);
    expect(body['text']).toBe('*Alert: data/failed (high)*\ndata failed at load: the disk is &lt;full&gt;');
    expect(JSON.stringify(body)).toContain('`sluice resume data/1`');
    expect(JSON.stringify(body)).toContain('`sluice alerts ack data/failed`');
    expect(JSON.stringify(body)).toContain('DiskFull: the disk is full');
  });

  it('is not tried again when it is refused, and says so without the address, which is a secret', async () => {
    const { url } = await receiver(() => ({ status: 404, body: 'no_service' }));
    const { error, log } = await sendTo(
      { slack: { webhookUrl: '${HOOK}' } },
      { env: { HOOK: `${url}/services/secret` } },
    );
    expect(error?.nonRetryable).toBe(true);
    expect(error?.message).toMatch(/^127\.0\.0\.1:\d+ answered with status 404: no_service\.$/);
    expect(`${error?.message}${log}`).not.toContain('secret');
  });

  it('is tried again when the service is overloaded, after the time for which it asks', async () => {
    const { url } = await receiver(() => ({ status: 429, headers: { 'retry-after': '30' } }));
    const { error } = await sendTo({ slack: { webhookUrl: url } });
    expect(error).toMatchObject({ nonRetryable: false, nextRetryDelay: 30_000 });
  });

  it('is tried again when nobody answers, or too late', async () => {
    const silent = await receiver(() => null);
    const late = await sendTo({ slack: { webhookUrl: silent.url, timeout: '50ms' } });
    expect(late.error).toMatchObject({
      nonRetryable: false,
      message: expect.stringMatching(/no answer within 0\.05 s/),
    });
    const gone = await sendTo({ slack: { webhookUrl: 'http://127.0.0.1:1' } });
    expect(gone.error).toMatchObject({ nonRetryable: false, message: expect.stringMatching(/ECONNREFUSED/) });
  });

  it('says that it may be a repetition after an attempt that never heard the answer, and only then', async () => {
    const { url, received } = await receiver();
    const channel = { slack: { webhookUrl: url } };
    await sendTo(channel, { before: { checkpoint: { asking: true, reached: [] } } });
    await sendTo(channel, { before: { checkpoint: { asking: false, reached: [] } } });
    expect(received.map(({ body }) => body.includes('may be a repetition'))).toEqual([true, false]);
  });

  it('waits where a variable is not set on this worker', async () => {
    const { error } = await sendTo({ slack: { webhookUrl: '${HOOK}' } });
    expect(error).toMatchObject({
      nonRetryable: false,
      message: expect.stringMatching(/environment variable HOOK is not set/),
    });
  });
});

describe('a mail', () => {
  const env = { SMTP_PASSWORD: 'open sesame' };

  it('goes over STARTTLS with a password to all, under an ID that stays the same', async () => {
    const { server, email } = await mailServer();
    const first = await sendTo({ email }, { env });
    await sendTo({ email }, { env });
    expect(first.error).toBeNull();
    const [mail = '', again = ''] = server.mails;
    expect(mail).toMatch(/^Subject: Alert: data\/failed \(high\)\r?$/m);
    expect(mail).toMatch(/^To: ops@example\.com, boss@example\.com\r?$/m);
    expect(mail).toContain('sluice resume data/1');
    const id = /^Message-ID: (.+?)\r?$/im;
    expect(id.exec(mail)?.[1]).toMatch(/@example\.com>$/);
    expect(id.exec(again)?.[1]).toBe(id.exec(mail)?.[1]);
  });

  it('goes over TLS from the first byte', async () => {
    const { server, email } = await mailServer({ secure: true });
    expect((await sendTo({ email: { ...email, tls: 'implicit' } }, { env })).error).toBeNull();
    expect(server.mails).toHaveLength(1);
  });

  it('is not sent to a server whose certificate nobody vouches for, or that has no TLS', async () => {
    const { server, email } = await mailServer();
    const { caFile: _caFile, ...unknown } = email;
    const strange = await sendTo({ email: unknown }, { env });
    expect(strange.error).toMatchObject({
      nonRetryable: false,
      message: expect.stringMatching(/certificate/i),
    });
    const plain = await mailServer({ disabledCommands: ['STARTTLS'] });
    const open = await sendTo({ email: plain.email }, { env });
    expect(open.error?.message).toMatch(/STARTTLS/);
    expect([...server.mails, ...plain.server.mails]).toEqual([]);
  });

  it('is given up when the server refuses the password or the mail, and tried again when it is busy', async () => {
    const wrong = await mailServer();
    const refused = await sendTo({ email: wrong.email }, { env: { SMTP_PASSWORD: 'guess what' } });
    expect(refused.error).toMatchObject({
      nonRetryable: true,
      message: expect.stringMatching(/wrong password/),
    });
    const full = await mailServer({
      onMailFrom: (_address, _session, callback) =>
        callback(Object.assign(new Error('try later'), { responseCode: 451 })),
    });
    const busy = await sendTo({ email: full.email }, { env });
    expect(busy.error).toMatchObject({ nonRetryable: false, message: expect.stringMatching(/try later/) });
    expect(`${refused.error?.message}${refused.log}`).not.toContain('guess what');
  });

  it('is sent to those whom the server takes', async () => {
    const { server, email } = await mailServer({
      onRcptTo: ({ address }, _session, callback) =>
        callback(
          address.startsWith('boss') ? Object.assign(new Error('unknown'), { responseCode: 550 }) : null,
        ),
    });
    const { receipt } = await sendTo({ email }, { env });
    expect(receipt?.note).toMatch(/1 accepted; refused for 1 of 2/);
    expect(server.mails).toHaveLength(1);
  });

  it('is tried again when the server does not speak in time', async () => {
    const { email } = await mailServer({ onConnect: () => undefined });
    const { error } = await sendTo({ email: { ...email, timeout: '200ms' } }, { env });
    expect(error).toMatchObject({ nonRetryable: false });
  });
});

describe('an event for PagerDuty', () => {
  it('opens, acknowledges and resolves one incident', async () => {
    const { url, received } = await receiver(() => ({ status: 202, body: '{"status":"success"}' }));
    const channel = { pagerduty: { routingKey: '${KEY}', url } };
    const env = { KEY: 'routing-key-1' };
    await sendTo(channel, { env });
    await sendTo(channel, { env, kind: 'acknowledged' });
    await sendTo(channel, { env, kind: 'resolved' });
    const events = received.map(({ body }) => json(body));
    expect(events.map((event) => event['event_action'])).toEqual(['trigger', 'acknowledge', 'resolve']);
    expect(new Set(events.map((event) => event['dedup_key']))).toEqual(new Set(['sluice/data/failed']));
    expect(events[0]).toMatchObject({
      routing_key: 'routing-key-1',
      payload: { severity: 'error', source: 'data', custom_details: { failed_stages: ['load'] } },
    });
  });
});

describe('a short message', () => {
  const sms = (url: string, to: readonly string[]) => ({
    sms: {
      accountSid: 'AC1',
      authToken: '${TOKEN}',
      from: '+1',
      to: [...to],
      url: `${url}/{accountSid}/Messages.json`,
    },
  });
  const env = { TOKEN: 'token-1' };

  it('is posted for each number with the credentials of the account', async () => {
    const { url, received } = await receiver(() => ({ status: 201 }));
    const { receipt } = await sendTo(sms(url, ['+49170', '+49171']), { env });
    expect(receipt?.note).toBe('2 of 2 reached');
    const forms = received.map(({ body }) => new URLSearchParams(body));
    expect(forms.map((form) => form.get('To'))).toEqual(['+49170', '+49171']);
    expect(forms[0]?.get('Body')).toMatch(/^Alert: data\/failed \(high\)\n.*\nsluice why data\/1$/s);
    expect(received[0]?.url).toBe('/AC1/Messages.json');
    expect(received[0]?.headers['authorization']).toBe(`Basic ${btoa('AC1:token-1')}`);
  });

  it('does not go twice to a number that has it, and a wrong number keeps no other from getting it', async () => {
    const { url, received } = await receiver(({ body }) => {
      const to = new URLSearchParams(body).get('To');
      return { status: to === '+2' ? 503 : to === '+3' ? 400 : 201 };
    });
    const numbers = ['+1', '+2', '+3', '+4'];
    const first = await sendTo(sms(url, numbers), { env });
    expect(first.error).toMatchObject({ nonRetryable: false });
    const left = first.heartbeats.at(-1);
    expect(left).toMatchObject({ checkpoint: { reached: ['+1', '+4'] } });
    received.length = 0;
    await sendTo(sms(url, numbers), { env, before: left });
    expect(received.map(({ body }) => new URLSearchParams(body).get('To'))).toEqual(['+2', '+3']);
  });
});

describe('a webhook', () => {
  it('is signed, so that its receiver can tell who sent it and when', async () => {
    const { url, received } = await receiver();
    await sendTo(
      { webhook: { url, secret: '${SECRET}', headers: { 'x-team': 'data' } } },
      { env: { SECRET: 'shhh!' } },
    );
    const { headers = {}, body = '' } = received[0] ?? {};
    const [, seconds = '', signature] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(Reflect.get(headers, 'sluice-signature'))) ?? [];
    expect(signature).toBe(createHmac('sha256', 'shhh!').update(`${seconds}.${body}`).digest('hex'));
    expect(Math.abs(Number(seconds) * 1_000 - Date.now())).toBeLessThan(60_000);
    expect(headers).toMatchObject({ 'idempotency-key': 'data/failed@1#1', 'x-team': 'data' });
    expect(json(body)).toMatchObject({
      id: 'data/failed@1#1',
      kind: 'firing',
      alert: { key: 'data/failed', severity: 'high' },
    });
  });
});

describe('a command', () => {
  it('finds the message in its environment, and not the secrets that its settings read', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sluice-alert-'));
    closers.push(() => rm(dir, { recursive: true, force: true }));
    const script =
      'printf "%s|%s|%s|%s" "$SLUICE_ALERT_TITLE" "$SLUICE_IDEMPOTENCY_KEY" "$PIN" "$TOKEN" > "$1"';
    const run = ['sh', '-c', script, 'notify', join(dir, 'said')];
    const channel = { command: { run, env: { PIN: '${TOKEN}' } } };
    const { receipt } = await sendTo(channel, { env: { TOKEN: '1234', PATH: process.env['PATH'] ?? '' } });
    expect(receipt?.note).toBe('exited with code 0');
    expect(await readFile(join(dir, 'said'), 'utf8')).toBe('Alert: data/failed (high)|data/failed@1#1|1234|');
  });

  it('is tried again when it fails or does not end, and given up when it does not exist', async () => {
    const env = { PATH: process.env['PATH'] ?? '' };
    const failed = await sendTo({ command: { run: ['sh', '-c', 'echo no modem; exit 3'] } }, { env });
    expect(failed.error).toMatchObject({
      nonRetryable: false,
      message: expect.stringMatching(/code 3.*no modem/s),
    });
    const endless = await sendTo({ command: { run: ['sleep', '60'], timeout: '100ms' } }, { env });
    expect(endless.error).toMatchObject({
      nonRetryable: false,
      message: 'The command did not end within 0.1 s.',
    });
    const missing = await sendTo({ command: { run: ['no-such-program'] } }, { env });
    expect(missing.error).toMatchObject({ nonRetryable: true });
  });
});

describe('a channel', () => {
  it('has exactly one kind', async () => {
    await expect(sendTo({})).rejects.toThrow(
      /give exactly one of slack, email, pagerduty, sms, webhook, command/,
    );
    await expect(sendTo({ slack: { webhookUrl: 'x', timeout: '5m' } })).rejects.toThrow(
      /at most 100 seconds/,
    );
  });
});
