import type { Client } from '@temporalio/client';
import { assertNever } from '../../shared/assert-never.js';
import { ClientError } from '../client-error.js';
import { messageOf } from '../grpc-errors.js';
import { ensureSearchAttributes } from '../search-attributes.js';
import { leanScheduleClient } from './lean-client.js';
import type { PlannedSchedule, SchedulesPlan } from './plan-schedules.js';
import { isNoteKept } from './schedule-changes.js';
import { OWNER_MEMO } from './server-words.js';
import type { WantedSchedule } from './wanted-schedule.js';

/**
 * Does what was planned, one schedule after the other. Throws `schedule_conflict`, before anything is changed, when the
 * plan has errors. Running it again goes on where it was interrupted.
 */
export async function applySchedules(client: Client, { schedules, conflicts }: SchedulesPlan): Promise<void> {
  const errors = conflicts.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    const reasons = errors.map(({ message }) => message).join('; ');
    throw new ClientError('schedule_conflict', `The schedules cannot be made as the files say: ${reasons}.`, {
      hint: 'Nothing has been changed. See "sluice schedule plan" for all of it.',
    });
  }
  await ensureSearchAttributes(client.connection, client.options.namespace);
  // One at a time, so that what is reported as done is done.
  for (const planned of schedules) await applyOne(client, planned);
}

async function applyOne(client: Client, { id, action, wanted }: PlannedSchedule): Promise<void> {
  switch (action) {
    case 'create':
      if (wanted !== null) await refusing(id, () => create(client, wanted));
      return;
    case 'update':
      if (wanted !== null) await refusing(id, () => update(client, wanted));
      return;
    case 'delete':
      return client.schedule.getHandle(id).delete();
    case 'unchanged':
    case 'refuse':
    case 'unknown':
      return;
    default:
      return assertNever(action);
  }
}

async function create(client: Client, wanted: WantedSchedule): Promise<void> {
  const { id, pipeline, plan, spec, action, policies, searchAttributes } = wanted;
  await client.schedule.create({
    scheduleId: id,
    spec,
    action,
    policies,
    memo: { [OWNER_MEMO]: { pipeline, schedule: plan.id } },
    typedSearchAttributes: searchAttributes,
    state: { paused: plan.paused ?? false, ...(plan.note === null ? {} : { note: plan.note }) },
  });
}

async function update(client: Client, wanted: WantedSchedule): Promise<void> {
  const { plan, spec, action, policies, searchAttributes } = wanted;
  // What it looks at before must not need the input of the last definition, which may lie in a store that is gone.
  await leanScheduleClient(client)
    .getHandle(wanted.id)
    .update((current) => {
      const note = isNoteKept(current, wanted) ? current.state.note : (plan.note ?? undefined);
      const { remainingActions } = current.state;
      return {
        spec,
        action,
        policies,
        typedSearchAttributes: searchAttributes,
        state: {
          paused: plan.paused ?? current.state.paused,
          ...(note === undefined ? {} : { note }),
          ...(remainingActions === undefined ? {} : { remainingActions }),
        },
      };
    });
}

/** Says which schedule a server refuses; it loads time zones and checks times by itself. */
async function refusing(id: string, change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new ClientError(
      'schedule_conflict',
      `The server refuses the schedule "${id}": ${messageOf(error)}.`,
      {
        hint: 'What stands before it in the list was applied. Mend it and apply again.',
        cause: error,
      },
    );
  }
}

/** The SDK throws a TypeError for what the server finds invalid. */
function isRefusal(error: unknown): error is Error {
  return error instanceof TypeError || (error instanceof Error && error.name === 'ScheduleAlreadyRunning');
}
