import { defaultDataConverter, defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { ApplicationFailure } from '@temporalio/common';
import proto from '@temporalio/proto';
import { expect, it } from 'vitest';
import { byStage, readLiveAttempts } from '../../../src/client/live-attempt.js';

const client = {
  options: {
    loadedDataConverter: {
      ...defaultDataConverter,
      payloadConverter: defaultPayloadConverter,
      failureConverter: defaultFailureConverter,
      payloadCodecs: [],
    },
  },
} as never;

function details(value: unknown) {
  return { payloads: [defaultPayloadConverter.toPayload(value)] } as never;
}

it('reads progress, the last error and the time of the next attempt', async () => {
  const failure = ApplicationFailure.create({ type: 'HttpError', message: 'answered 503' });
  const [attempt] = await readLiveAttempts(client, [
    {
      activityId: 'load',
      attempt: 2,
      maximumAttempts: 5,
      state: proto.temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED,
      heartbeatDetails: details({ progress: 0.25, message: 'row 10', checkpoint: 10 }),
      lastFailure: defaultFailureConverter.errorToFailure(failure, defaultPayloadConverter),
      nextAttemptScheduleTime: { seconds: 1000 as never, nanos: 500_000_000 },
    },
  ]);
  expect(attempt).toEqual({
    activityId: 'load',
    attempt: 2,
    maxAttempts: 5,
    started: false,
    progress: { fraction: 0.25, message: 'row 10' },
    lastError: { type: 'HttpError', message: 'answered 503' },
    nextAttemptAt: 1_000_500,
  });
});

it.each([[{ progress: 'half' }], [null], [[1]], [{ progress: Number.NaN }], ['text']])(
  'sees no progress in heartbeats of another form: %j',
  async (value) => {
    const [attempt] = await readLiveAttempts(client, [{ activityId: 'a', heartbeatDetails: details(value) }]);
    expect(attempt?.progress).toBeNull();
  },
);

it('keeps progress within its bounds, whatever a worker says', async () => {
  const heartbeatDetails = details({ progress: 7, message: '' });
  const [attempt] = await readLiveAttempts(client, [{ activityId: 'a', heartbeatDetails }]);
  expect(attempt?.progress).toEqual({ fraction: 1, message: null });
});

it('finds the attempt of a stage', async () => {
  const attempts = await readLiveAttempts(client, [{ activityId: 'a' }, { activityId: 'b', attempt: 3 }]);
  expect(byStage(attempts).get('b')?.attempt).toBe(3);
});
