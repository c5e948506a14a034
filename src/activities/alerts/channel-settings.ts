import { z } from 'zod';
import { parseDuration } from '../../shared/duration.js';

const text = z.string().min(1);
const several = z.union([text.transform((one) => [one]), z.array(text).min(1)]);

/** Limit of one attempt to send. */
function timeout(byDefault: string) {
  return z
    .union([z.string(), z.number()])
    .refine((value) => isLimit(parseDuration(value)), {
      error: 'expected a duration of at most 100 seconds, such as "10s"',
    })
    .default(byDefault)
    .transform((value) => parseDuration(value) ?? 0);
}

/** Attempts of the activity end after two minutes. */
const LONGEST_MS = 100_000;

function isLimit(ms: number | null): boolean {
  return ms !== null && ms > 0 && ms <= LONGEST_MS;
}

const slackSchema = z.strictObject({
  /** Address of an incoming webhook. */
  webhookUrl: text,
  timeout: timeout('10s'),
});

const emailSchema = z.strictObject({
  /** Name of the SMTP server. */
  host: text,
  /** @default 587, or 465 with `tls: "implicit"` */
  port: z.number().int().min(1).max(65_535).optional(),
  /** `starttls`: refuses a server that does not offer it. `implicit`: TLS from the first byte. `none`: for a relay on the same machine. */
  tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
  /** PEM file of the authority that signed the server's certificate, where it is not a public one. */
  caFile: text.optional(),
  user: text.optional(),
  password: text.optional(),
  from: text,
  to: several,
  timeout: timeout('20s'),
});

const pagerdutySchema = z.strictObject({
  /** Integration key of an Events API v2 integration. */
  routingKey: text,
  url: text.default('https://events.pagerduty.com/v2/enqueue'),
  timeout: timeout('10s'),
});

const smsSchema = z.strictObject({
  accountSid: text,
  authToken: text,
  from: text,
  to: several,
  /** Of a provider with Twilio's interface. `{accountSid}` stands for the account. */
  url: text.default('https://api.twilio.com/2010-04-01/Accounts/{accountSid}/Messages.json'),
  timeout: timeout('10s'),
});

const webhookSchema = z.strictObject({
  url: text,
  /** Signs each request, so that the receiver can tell that it comes from here. */
  secret: text.optional(),
  headers: z.record(z.string(), z.string()).default({}),
  timeout: timeout('10s'),
});

const commandSchema = z.strictObject({
  /** Program and arguments, executed as they are. */
  run: z.array(z.string()).min(1),
  env: z.record(z.string(), z.string()).default({}),
  timeout: timeout('60s'),
});

const KINDS = {
  slack: slackSchema,
  email: emailSchema,
  pagerduty: pagerdutySchema,
  sms: smsSchema,
  webhook: webhookSchema,
  command: commandSchema,
};

export type ChannelKind = keyof typeof KINDS;

/** How a channel is reached. Texts may hold `${NAME}`, which the worker that sends reads from its environment. */
export type ChannelSettings = {
  [K in ChannelKind]: { readonly kind: K; readonly settings: z.output<(typeof KINDS)[K]> };
}[ChannelKind];

/** The settings of one kind. */
export type SettingsOf<K extends ChannelKind> = Extract<ChannelSettings, { readonly kind: K }>['settings'];

const oneKind = z
  .strictObject({
    slack: slackSchema.optional(),
    email: emailSchema.optional(),
    pagerduty: pagerdutySchema.optional(),
    sms: smsSchema.optional(),
    webhook: webhookSchema.optional(),
    command: commandSchema.optional(),
  })
  .refine((channel) => Object.values(channel).filter((value) => value !== undefined).length === 1, {
    error: `give exactly one of ${Object.keys(KINDS).join(', ')}`,
  })
  .transform((channel): ChannelSettings => {
    const [kind = 'command', settings] =
      Object.entries(channel).find(([, value]) => value !== undefined) ?? [];
    return { kind, settings } as ChannelSettings;
  });

/** `channels` of the configuration, by name. */
export const channelsSchema = z.record(
  z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, 'expected letters, digits, "_", "-" and "."'),
  oneKind,
);
