import type { MessagePort } from 'node:worker_threads';
import type { Given } from '../activities/attempt.js';
import type { HeartbeatDetails } from '../activities/heartbeat.js';
import type { Json, JsonObject } from '../shared/json.js';
import type { StageTask, StreamRef } from '../shared/task.js';
import type { LogLevel } from '../storage/log-line.js';

/** One attempt of a stage function, as a thread gets it. */
export type ThreadRequest = {
  readonly configFile: string;
  readonly stage: string;
  readonly task: StageTask;
  readonly attempt: number;
  readonly lastCheckpoint: Json | undefined;
  /** The secrets that the stage may read, and no others. */
  readonly secrets: Readonly<Record<string, string | undefined>>;
  /** Carries {@link ThreadMessage} out, and anything in to say that the stage should stop. */
  readonly port: MessagePort;
};

/** What a stage function in a thread says while it runs. */
export type ThreadMessage =
  | { readonly kind: 'heartbeat'; readonly details: HeartbeatDetails }
  | {
      readonly kind: 'log';
      readonly level: LogLevel;
      readonly message: string;
      readonly fields?: JsonObject;
    };

/** How it ended. Errors do not keep their class between threads, so they travel as what a run needs to know. */
export type ThreadAnswer =
  | { readonly ok: true; readonly output: Json; readonly given: Given; readonly stream?: StreamRef }
  | { readonly ok: false; readonly error: ThreadError };

export type ThreadError = {
  readonly type: string;
  readonly message: string;
  readonly nonRetryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly rateLimited: boolean;
  readonly stack: string | undefined;
};
