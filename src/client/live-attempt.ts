import type { Client } from '@temporalio/client';
import { ApplicationFailure, rootCause, TimeoutFailure } from '@temporalio/common';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { temporal } from '@temporalio/proto';
import type { HeartbeatDetails } from '../activities/heartbeat.js';
import { isJsonObject } from '../shared/json.js';
import { ERROR_TYPE } from '../shared/names.js';

type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;
type Timestamp = PendingActivity['scheduledTime'];

/** What Temporal knows of a stage's attempt while it is open. */
export type LiveAttempt = {
  /** The Temporal activity ID, which begins with the stage's ID. */
  readonly activityId: string;
  /** The attempt that runs, or that is next. */
  readonly attempt: number;
  /** 0: without limit. */
  readonly maxAttempts: number;
  /** False while the attempt waits for a worker or for its retry delay. */
  readonly started: boolean;
  readonly progress: LiveProgress | null;
  /** Why the attempt before this one failed. */
  readonly lastError: { readonly type: string; readonly message: string } | null;
  /** When the next attempt starts, in milliseconds since 1970; null when one runs or waits for a worker. */
  readonly nextAttemptAt: number | null;
};

/** `fraction` is null where nobody knows how much there is to do. */
export type LiveProgress = { readonly fraction: number | null; readonly message: string | null };

/** Reads the open attempts out of a description of a run. */
export async function readLiveAttempts(
  client: Pick<Client, 'options'>,
  pending: readonly PendingActivity[],
): Promise<readonly LiveAttempt[]> {
  return Promise.all(pending.map((activity) => readLiveAttempt(client, activity)));
}

/** The open attempts by the stage that they belong to. An activity's ID is its stage's ID. */
export function byStage(attempts: readonly LiveAttempt[]): ReadonlyMap<string, LiveAttempt> {
  return new Map(attempts.map((attempt) => [attempt.activityId, attempt]));
}

async function readLiveAttempt(
  client: Pick<Client, 'options'>,
  activity: PendingActivity,
): Promise<LiveAttempt> {
  const converter = client.options.loadedDataConverter;
  const [details] = await decodeArrayFromPayloads(converter, activity.heartbeatDetails?.payloads ?? []);
  const failure = await decodeOptionalFailureToOptionalError(converter, activity.lastFailure);
  const state: unknown = activity.state;
  return {
    activityId: activity.activityId ?? '',
    attempt: activity.attempt ?? 1,
    maxAttempts: activity.maximumAttempts ?? 0,
    started: state !== 1 && state !== 'PENDING_ACTIVITY_STATE_SCHEDULED',
    progress: progressOf(details),
    lastError: failure === undefined ? null : describeFailure(failure),
    nextAttemptAt: millis(activity.nextAttemptScheduleTime),
  };
}

/** Heartbeats come from workers in any language, so their details are looked at with care. */
function progressOf(details: unknown): LiveProgress | null {
  if (!isJsonObject(details)) return null;
  const { progress, message, partial }: { readonly [K in keyof HeartbeatDetails]: unknown } = details;
  const words = textOf(message) ?? textOf(partial);
  if (typeof progress === 'number' && Number.isFinite(progress)) {
    return { fraction: Math.min(1, Math.max(0, progress)), message: words };
  }
  return words === null ? null : { fraction: null, message: words };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The type and the message that a stage's error has in results. */
export function describeFailure(failure: Error): { readonly type: string; readonly message: string } {
  if (failure instanceof TimeoutFailure) return { type: ERROR_TYPE.timeout, message: failure.message };
  const type = failure instanceof ApplicationFailure ? (failure.type ?? 'Error') : 'Error';
  return { type, message: failure.message === '' ? (rootCause(failure) ?? type) : failure.message };
}

/** Milliseconds since the epoch; null for no time. */
export function millis(time: Timestamp): number | null {
  if (time === null || time === undefined) return null;
  const seconds = Number(time.seconds?.toString() ?? 0);
  return seconds === 0 ? null : seconds * 1000 + Math.floor((time.nanos ?? 0) / 1e6);
}
