import type { ScheduleClient } from './owned-schedules.js';

/** When the server would start runs of a schedule in a span of time, both ends included. It may be in the past. */
export async function matchingTimes(
  client: ScheduleClient,
  scheduleId: string,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<readonly Date[]> {
  const { startTime } = await client.workflowService.listScheduleMatchingTimes({
    namespace: client.options.namespace,
    scheduleId,
    // The server leaves out the first moment itself.
    startTime: timestamp(new Date(from.getTime() - 1)),
    endTime: timestamp(to),
  });
  return (startTime ?? []).map(({ seconds, nanos }) => {
    return new Date(Number(seconds ?? 0) * 1000 + Math.floor((nanos ?? 0) / 1e6));
  });
}

type Timestamp = { readonly seconds: never; readonly nanos: number };

function timestamp(moment: Date): Timestamp {
  const ms = moment.getTime();
  return { seconds: Math.floor(ms / 1000) as never, nanos: (((ms % 1000) + 1000) % 1000) * 1e6 };
}
