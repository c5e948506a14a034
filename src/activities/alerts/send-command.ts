import { runCommand } from '../run-command.js';
import type { SettingsOf } from './channel-settings.js';
import type { Send } from './channel.js';
import { plainText } from './alert-text.js';
import { stageFailure } from '../failure.js';
import { ERROR_TYPE } from '../../shared/names.js';

/**
 * Runs a program on the worker. It finds the message in its environment: `SLUICE_ALERT` is all of it as JSON,
 * `SLUICE_ALERT_TITLE` and `SLUICE_ALERT_TEXT` are for people, `SLUICE_IDEMPOTENCY_KEY` tells repetitions.
 */
export const sendCommand: Send<SettingsOf<'command'>> = async ({ run, env, timeout }, message) => {
  const { task, alert, text, attempt, projectDir } = message;
  const limit = AbortSignal.timeout(timeout);
  const signal = AbortSignal.any([limit, attempt.stopped.signal]);
  const params = {
    command: run,
    env: {
      ...env,
      SLUICE_ALERT: JSON.stringify({ id: task.id, kind: task.kind, alert }),
      SLUICE_ALERT_TITLE: text.title,
      SLUICE_ALERT_TEXT: plainText(text),
    },
    grace_ms: 2_000,
  };
  const limited = {
    ...attempt,
    task: { ...attempt.task, params },
    ctx: { ...attempt.ctx, idempotencyKey: task.id },
    stopped: { ...attempt.stopped, signal },
  };
  try {
    await runCommand(limited, { env: message.env, projectDir });
    return 'exited with code 0';
  } catch (error) {
    if (!limit.aborted) throw error;
    throw stageFailure(ERROR_TYPE.channel, `The command did not end within ${timeout / 1_000} s.`);
  }
};
