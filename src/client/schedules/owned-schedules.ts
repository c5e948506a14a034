import { type Client, type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { isJsonObject } from '../../shared/json.js';
import { isGrpc } from '../grpc-errors.js';
import { leanScheduleClient } from './lean-client.js';
import { OWNER_MEMO } from './server-words.js';

/** Whose schedule it is, as Sluice noted when it made it. */
export type ScheduleOwner = { readonly pipeline: string; readonly schedule: string };

/**
 * The schedules that Sluice made, by ID. Memos of others are not read: they may be written in a way that this client
 * does not understand.
 */
export async function ownedSchedules(client: Client): Promise<ReadonlyMap<string, ScheduleOwner>> {
  const owned = new Map<string, ScheduleOwner>();
  let nextPageToken: Uint8Array | null | undefined;
  do {
    const page = await client.workflowService.listSchedules({
      namespace: client.options.namespace,
      maximumPageSize: 1000,
      ...(nextPageToken === null || nextPageToken === undefined ? {} : { nextPageToken }),
    });
    for (const { scheduleId, memo } of page.schedules ?? []) {
      const owner = ownerIn(memo?.fields);
      if (owner !== null && scheduleId !== null && scheduleId !== undefined) owned.set(scheduleId, owner);
    }
    nextPageToken = page.nextPageToken;
  } while (nextPageToken !== null && nextPageToken !== undefined && nextPageToken.length > 0);
  return owned;
}

/**
 * A schedule as it stands on the server, without the input of its runs; null when there is none, `foreign` when somebody
 * else made it.
 */
export async function describeOwned(
  client: Client,
  id: string,
): Promise<ScheduleDescription | 'foreign' | null> {
  try {
    const { memo } = await client.workflowService.describeSchedule({
      namespace: client.options.namespace,
      scheduleId: id,
    });
    if (ownerIn(memo?.fields) === null) return 'foreign';
    return await leanScheduleClient(client).getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError || isGrpc(error, 'NOT_FOUND')) return null;
    throw error;
  }
}

type Fields = Parameters<typeof Object.entries>[0];

function ownerIn(fields: Fields | null | undefined): ScheduleOwner | null {
  const payload = (fields as Readonly<Record<string, unknown>> | null | undefined)?.[OWNER_MEMO];
  if (payload === undefined) return null;
  try {
    const owner: unknown = defaultPayloadConverter.fromPayload(payload as never);
    if (!isJsonObject(owner)) return null;
    const { pipeline, schedule } = owner;
    return typeof pipeline === 'string' && typeof schedule === 'string' ? { pipeline, schedule } : null;
  } catch {
    return null;
  }
}
