import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ERROR_TYPE } from '../../shared/names.js';
import { stageFailure } from '../failure.js';
import { plainText } from './alert-text.js';
import type { SettingsOf } from './channel-settings.js';
import type { Message, Send } from './channel.js';
import { refused } from './post.js';
import { sha256 } from './sha256.js';

/** One mail to all receivers. Its Message-ID is the same for every attempt, by which mail systems tell repetitions. */
export const sendEmail: Send<SettingsOf<'email'>> = async (settings, message) => {
  const { createTransport } = await import('nodemailer');
  const ca = await readAuthority(settings, message);
  const transport = createTransport(connection(settings, ca));
  const abort = (): void => transport.close();
  const { signal } = message.attempt.stopped;
  signal.addEventListener('abort', abort, { once: true });
  message.journal.asking();
  try {
    const { accepted, rejected, response } = await within(
      settings.timeout,
      transport.sendMail(mail(settings, message)),
    );
    const rest = rejected.length === 0 ? '' : `; refused for ${rejected.length} of ${settings.to.length}`;
    return `${response} (${accepted.length} accepted${rest})`;
  } catch (error) {
    signal.throwIfAborted();
    throw mailFailure(error, settings, message);
  } finally {
    signal.removeEventListener('abort', abort);
    transport.close();
  }
};

async function readAuthority(
  { caFile }: SettingsOf<'email'>,
  { projectDir }: Message,
): Promise<string | undefined> {
  if (caFile === undefined) return undefined;
  const file = resolve(projectDir, caFile);
  return readFile(file, 'utf8').catch(() => {
    throw stageFailure(ERROR_TYPE.channel, `The file ${file} of the channel's \`caFile\` cannot be read.`);
  });
}

function connection(settings: SettingsOf<'email'>, ca: string | undefined) {
  const { host, tls, user, password, timeout } = settings;
  return {
    host,
    port: settings.port ?? (tls === 'implicit' ? 465 : 587),
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    ...(ca === undefined ? {} : { tls: { ca } }),
  };
}

function mail({ from, to }: SettingsOf<'email'>, { task, alert, text }: Message) {
  const domain = /@([^@>\s]+)>?\s*$/.exec(from)?.[1] ?? 'sluice.invalid';
  const thread = `<${sha256(`${alert.key}@${alert.since}`).slice(0, 32)}@${domain}>`;
  return {
    from,
    to: [...to],
    subject: text.title,
    text: plainText(text),
    messageId: `<${sha256(task.id).slice(0, 40)}@${domain}>`,
    // Shows all mails of one alert together.
    references: thread,
    inReplyTo: thread,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Sluice-Alert': alert.key },
  };
}

/** Limits of single steps do not add up to one for all of them. */
async function within<T>(ms: number, sending: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1_000} s`)), ms);
  });
  try {
    return await Promise.race([sending, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Codes from 500 on are final; all others, and whatever befell the connection, are tried again. */
function mailFailure(error: unknown, { host }: SettingsOf<'email'>, { journal }: Message): Error {
  const message = error instanceof Error ? error.message : String(error);
  const code = responseCode(error);
  if (code !== null) journal.notTaken();
  const said = `${host} ${code === null ? 'could not be asked' : 'refused the mail'}: ${message}`;
  return code !== null && code >= 500 ? refused(said) : stageFailure(ERROR_TYPE.channel, said);
}

function responseCode(error: unknown): number | null {
  const code: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'responseCode') : null;
  return typeof code === 'number' ? code : null;
}
