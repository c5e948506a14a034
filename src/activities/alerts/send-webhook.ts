import { createHmac } from 'node:crypto';
import type { SettingsOf } from './channel-settings.js';
import type { Send } from './channel.js';
import { post } from './post.js';

/**
 * JSON to any address. With a secret the header `Sluice-Signature: t=SECONDS,v1=HEX` holds the HMAC-SHA256 of
 * `SECONDS.BODY`, so that the receiver can refuse what is forged or old.
 */
export const sendWebhook: Send<SettingsOf<'webhook'>> = ({ url, secret, headers, timeout }, message) => {
  const { task, alert, text } = message;
  const body = JSON.stringify({
    id: task.id,
    kind: task.kind,
    title: text.title,
    text: text.summary,
    commands: text.commands,
    alert,
  });
  const seconds = Math.floor(Date.now() / 1_000);
  const signed =
    secret === undefined ? {} : { 'sluice-signature': `t=${seconds},v1=${signature(secret, seconds, body)}` };
  return post(
    {
      url,
      headers: { 'content-type': 'application/json', ...headers, ...signed },
      body,
      timeoutMs: timeout,
    },
    message,
  );
};

function signature(secret: string, seconds: number, body: string): string {
  return createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
}
