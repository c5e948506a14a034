import type { SettingsOf } from './channel-settings.js';
import type { AlertSeverity } from '../../engine/alert-rule.js';
import type { Send } from './channel.js';
import { post } from './post.js';

const COLOURS: Readonly<Record<AlertSeverity, string>> = {
  low: '#439fe0',
  medium: '#daa038',
  high: '#d9534f',
  critical: '#8b0000',
};

/** To an incoming webhook of Slack, or of what understands the same. */
export const sendSlack: Send<SettingsOf<'slack'>> = ({ webhookUrl, timeout }, message) => {
  const { title, summary, facts, commands } = message.text;
  const colour = message.task.kind === 'resolved' ? '#2eb67d' : COLOURS[message.alert.severity];
  const next = commands.map((command) => `\`${escape(command)}\``).join('\n');
  const body = {
    text: `*${escape(title)}*\n${escape(summary)}`,
    attachments: [
      {
        color: colour,
        fallback: title,
        mrkdwn_in: ['text'],
        ...(next === '' ? {} : { text: `Run next:\n${next}` }),
        fields: facts.map(([name, value]) => ({
          title: escape(name),
          value: escape(value),
          short: value.length < 40,
        })),
      },
    ],
  };
  return post(
    {
      url: webhookUrl,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      timeoutMs: timeout,
    },
    message,
  );
};

/** The three characters that Slack reads as control characters. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
