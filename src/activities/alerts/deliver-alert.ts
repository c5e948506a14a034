import { Context } from '@temporalio/activity';
import type { Logger } from 'pino';
import type { AlertView } from '../../engine/alert-state.js';
import type { AlertReceipt, AlertTask } from '../../shared/alert-task.js';
import { ERROR_TYPE } from '../../shared/names.js';
import type { StageTask } from '../../shared/task.js';
import type { BlobStore } from '../../storage/blob-store.js';
import { startAttempt } from '../attempt.js';
import { stageFailure, toFailure } from '../failure.js';
import type { Environment } from '../secrets.js';
import { alertText } from './alert-text.js';
import type { Message } from './channel.js';
import type { ChannelSettings } from './channel-settings.js';
import { expandSettings, variablesOf } from './expand-settings.js';
import { openJournal } from './journal.js';
import { sendCommand } from './send-command.js';
import { sendEmail } from './send-email.js';
import { sendPagerduty } from './send-pagerduty.js';
import { sendSlack } from './send-slack.js';
import { sendSms } from './send-sms.js';
import { sendWebhook } from './send-webhook.js';

export type DeliverAlertDeps = {
  readonly channels: ReadonlyMap<string, ChannelSettings>;
  readonly store: BlobStore;
  readonly log: Logger;
  readonly env: Environment;
  readonly projectDir: string;
  /** Named points at which tests stop a worker. */
  readonly reached?: (point: 'before_send' | 'after_send', task: AlertTask) => Promise<void>;
};

/**
 * Sends one message to one channel. Run twice it may send twice, and each message then carries the same ID: receivers
 * that know about such IDs fold them, and people are told that it may be a repetition.
 */
export function createDeliverAlert(deps: DeliverAlertDeps): (task: AlertTask) => Promise<AlertReceipt> {
  return async (task) => {
    const channel = deps.channels.get(task.channel);
    if (channel === undefined) throw unknownChannel(task.channel, deps);
    const alert = task.alert as unknown as AlertView;
    const attempt = startAttempt(stageTask(task, alert, channel), Context.current(), deps);
    const journal = openJournal(attempt.heartbeat);
    const text = alertText(task, alert, journal.wasInterrupted);
    const message = { ...deps, task, alert, text, attempt, journal };
    try {
      await deps.reached?.('before_send', task);
      const answer = await send(expandSettings(task.channel, channel, deps.env), message);
      await deps.reached?.('after_send', task);
      const note = (attempt.redact?.(answer) ?? answer).slice(0, 300);
      deps.log.info({ alert: alert.key, channel: task.channel, kind: task.kind }, 'Alert sent');
      return { channel: task.channel, note };
    } catch (thrown) {
      const failure = toFailure(thrown, {
        redact: attempt.redact,
        retryable: undefined,
        attempt: attempt.ctx.attempt,
      });
      const { message: err, nonRetryable: gaveUp } = failure;
      deps.log.warn({ alert: alert.key, channel: task.channel, err, gaveUp }, 'Alert not sent');
      throw failure;
    } finally {
      attempt.heartbeat.stop();
      attempt.stopped.dispose();
      await attempt.log.close();
    }
  };
}

function send(channel: ChannelSettings, message: Message): Promise<string> {
  switch (channel.kind) {
    case 'slack':
      return sendSlack(channel.settings, message);
    case 'email':
      return sendEmail(channel.settings, message);
    case 'pagerduty':
      return sendPagerduty(channel.settings, message);
    case 'sms':
      return sendSms(channel.settings, message);
    case 'webhook':
      return sendWebhook(channel.settings, message);
    case 'command':
      return sendCommand(channel.settings, message);
  }
}

/** Another worker may know it, or this one once it has the configuration of today. */
function unknownChannel(name: string, { channels }: DeliverAlertDeps): Error {
  const known = channels.size === 0 ? 'It has none.' : `Channels there: ${[...channels.keys()].join(', ')}.`;
  return stageFailure(
    ERROR_TYPE.channel,
    `The configuration of this worker has no channel "${name}". ${known}`,
    { retryAfterMs: 60_000 },
  );
}

/** What attempts of stages are made of: heartbeats, the end of the worker, and what is kept out of messages. */
function stageTask(task: AlertTask, alert: AlertView, channel: ChannelSettings): StageTask {
  const { info } = Context.current();
  const { workflowId = '', runId = '' } = info.workflowExecution ?? {};
  const at = alert.last_at;
  return {
    params: null,
    run: {
      id: runId,
      workflow_id: workflowId,
      pipeline: alert.facts.pipeline ?? alert.key,
      version: '',
      mode: null,
      attempt: 1,
      started_at: at,
      scheduled_at: at,
    },
    stage: { id: task.channel, name: task.channel },
    secrets: variablesOf(channel),
  };
}
