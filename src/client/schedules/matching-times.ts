import type { Client } from '@temporalio/client';

/** The server tells no more of them at once. */
const MOST_AT_ONCE = 1_000;

/** When the server would start runs of a schedule in a span of time, both ends included. It may be in the past. */
export async function matchingTimes(
  client: Client,
  scheduleId: string,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<readonly Date[]> {
  const found: Date[] = [];
  for (;;) {
    // The server leaves out the first moment itself.
    const after = found.at(-1) ?? new Date(from.getTime() - 1);
    // oxlint-disable-next-line no-await-in-loop
    const { startTime } = await client.workflowService.listScheduleMatchingTimes({
      namespace: client.options.namespace,
      scheduleId,
      startTime: timestamp(after),
      endTime: timestamp(to),
    });
    found.push(...(startTime ?? []).map(toDate));
    if ((startTime ?? []).length < MOST_AT_ONCE) return found;
  }
}

type Timestamp = { readonly seconds: never; readonly nanos: number };

function timestamp(moment: Date): Timestamp {
  const ms = moment.getTime();
  return { seconds: Math.floor(ms / 1000) as never, nanos: (((ms % 1000) + 1000) % 1000) * 1e6 };
}

function toDate({ seconds, nanos }: { readonly seconds?: unknown; readonly nanos?: number | null }): Date {
  return new Date(Number(seconds ?? 0) * 1000 + Math.floor((nanos ?? 0) / 1e6));
}
