import { MockActivityEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { createDeliverAlert } from '../../../../src/activities/alerts/deliver-alert.js';
import { completeConfig } from '../../../../src/worker/config.js';
import type { SluiceConfig } from '../../../../src/worker/config-schema.js';
import { AlertBook } from '../../../../src/engine/alert-book.js';
import type { AlertReceipt, AlertTask } from '../../../../src/shared/alert-task.js';
import { anEvent, aRule } from '../../../support/an-alert.js';
import { memoryStore } from '../../storage/memory-store.js';

type Channel = NonNullable<SluiceConfig['channels']>[string];

const ignore = (): void => undefined;
const quiet = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

export type Sending = {
  readonly env?: Readonly<Record<string, string>>;
  readonly kind?: AlertTask['kind'];
  /** What the attempt before left in its heartbeats. */
  readonly before?: unknown;
};

/** Sends one message to a channel, as a worker would. */
export async function sendTo(channel: Channel, options: Sending = {}) {
  const { channels } = completeConfig(
    { channels: { ops: channel } },
    { file: null, projectDir: process.cwd() },
  );
  const log: string[] = [];
  const deliver = createDeliverAlert({
    channels,
    store: memoryStore(),
    log: pino({ level: 'debug' }, { write: (line: string) => void log.push(line) }),
    env: options.env ?? {},
    projectDir: process.cwd(),
  });
  const environment = new MockActivityEnvironment(
    {
      startToCloseTimeoutMs: 120_000,
      heartbeatTimeoutMs: 15_000,
      ...(options.before === undefined ? {} : { attempt: 2, heartbeatDetails: options.before }),
    },
    { logger: quiet },
  );
  const heartbeats: unknown[] = [];
  environment.on('heartbeat', (details: unknown) => heartbeats.push(details));
  const outcome = await environment
    .run<[AlertTask], AlertReceipt, typeof deliver>(deliver, aMessage(options.kind))
    .then(
      (receipt) => ({ receipt, error: null }),
      (error: unknown) => ({
        receipt: null,
        error: error as Error & { nonRetryable?: boolean; nextRetryDelay?: unknown },
      }),
    );
  return { ...outcome, log: log.join(''), heartbeats };
}

function aMessage(kind: AlertTask['kind'] = 'firing'): AlertTask {
  const event = anEvent(aRule({ severity: 'high' }), {
    message: 'data failed at load: the disk is <full>',
    facts: {
      workflow_id: 'data/1',
      failed_stages: ['load'],
      errors: { load: 'DiskFull: the disk is full' },
      commands: ['sluice why data/1', 'sluice resume data/1'],
    },
  });
  const alert = new AlertBook(event).view(Date.parse(event.at));
  return { id: 'data/failed@1#1', channel: 'ops', kind, alert };
}
