import type { Client } from '@temporalio/client';
import { describeOwned, ownedSchedules } from './owned-schedules.js';

/** When a schedule starts its next run. */
export type NextRun = {
  readonly schedule: string;
  /** ISO 8601 in UTC; null when it starts no more. */
  readonly at: string | null;
  /** While it is paused it starts nothing, also not at `at`. */
  readonly paused: boolean;
};

/** The next runs of a pipeline, or of all, by schedule: the earliest first, those that start nothing last. */
export async function nextRuns(client: Client, pipeline?: string): Promise<readonly NextRun[]> {
  const owned = await ownedSchedules(client);
  const found = await Promise.all(
    [...owned]
      .filter(([, owner]) => pipeline === undefined || owner.pipeline === pipeline)
      .map(async ([schedule]): Promise<NextRun | null> => {
        const description = await describeOwned(client, schedule);
        if (description === null || description === 'foreign') return null;
        const { info, state } = description;
        return { schedule, at: info.nextActionTimes[0]?.toISOString() ?? null, paused: state.paused };
      }),
  );
  return found.filter((next) => next !== null).toSorted((a, b) => rank(a).localeCompare(rank(b)));
}

function rank({ at, paused, schedule }: NextRun): string {
  return `${at === null || paused ? 1 : 0} ${at ?? ''} ${schedule}`;
}
