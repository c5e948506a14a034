import type { SettingsOf } from './channel-settings.js';
import type { Message, Send } from './channel.js';
import { post } from './post.js';

/** Two parts of a long message; telephones show the start. */
const LONGEST = 300;

/**
 * One request for each number. Those that were reached are left out when the message is tried again; those that the
 * provider refuses for good do not keep the others from being told.
 */
export const sendSms: Send<SettingsOf<'sms'>> = async (settings, message) => {
  const { journal } = message;
  const failures: Error[] = [];
  for (const number of settings.to) {
    if (journal.reached.has(number)) continue;
    try {
      // One after the other, so that what is noted of the reached ones is never wrong.
      // oxlint-disable-next-line no-await-in-loop
      await sendOne(settings, number, message);
      journal.reach(number);
    } catch (error) {
      message.attempt.stopped.signal.throwIfAborted();
      failures.push(error instanceof Error ? error : new Error(String(error)));
    }
  }
  const [first] = failures;
  const retried = failures.find((failure) => !isFinal(failure));
  if (retried !== undefined) throw retried;
  if (first !== undefined && journal.reached.size === 0) throw first;
  const rest = first === undefined ? '' : `; ${failures.length} refused: ${first.message}`;
  return `${journal.reached.size} of ${settings.to.length} reached${rest}`;
};

function isFinal(failure: Error): boolean {
  return 'nonRetryable' in failure && failure.nonRetryable === true;
}

function sendOne(
  { accountSid, authToken, from, url, timeout }: SettingsOf<'sms'>,
  to: string,
  message: Message,
): Promise<string> {
  const { title, summary, commands } = message.text;
  const [command = ''] = commands;
  const text = `${title}\n${summary}`.slice(0, LONGEST - command.length - 1);
  const form = new URLSearchParams({
    To: to,
    From: from,
    Body: command === '' ? text : `${text}\n${command}`,
  });
  const credentials = Buffer.from(`${accountSid}:${authToken}`).toString('base64');
  return post(
    {
      url: url.replaceAll('{accountSid}', encodeURIComponent(accountSid)),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${credentials}`,
        'idempotency-key': `${message.task.id}/${to}`,
      },
      body: form.toString(),
      timeoutMs: timeout,
    },
    message,
  );
}
