import type { Client, ScheduleDescription, ScheduleHandle } from '@temporalio/client';
import type { Plan } from '../../engine/plan.js';
import type { OverlapPolicy } from '../../engine/schedule-plan.js';
import { suggest } from '../../definition/suggest.js';
import type { ApprovalKeys } from '../approvals/approval-keys.js';
import { ClientError } from '../client-error.js';
import { applySchedules } from './apply-schedules.js';
import { leanScheduleClient } from './lean-client.js';
import { matchingTimes } from './matching-times.js';
import { describeOwned, ownedSchedules } from './owned-schedules.js';
import type { PlanSchedulesOptions, SchedulesPlan } from './plan-schedules.js';
import { scheduleItem, type ScheduleItem } from './schedule-item.js';
import { overlapOf } from './server-words.js';

export type ListSchedulesFilter = { readonly pipeline?: string };

export type BackfillScheduleOptions = {
  /** Both included. */
  readonly from: Date;
  readonly to: Date;
  /** What runs do that come due together, as all of them do here. @default buffer_all */
  readonly overlap?: OverlapPolicy;
};

export type SchedulesDeps = {
  readonly client: Client;
  readonly taskQueue: string;
  readonly approvalKeys?: ApprovalKeys | undefined;
};

/** The schedules that Sluice made on a server. Those of others are never changed. */
export class Schedules {
  readonly #deps: SchedulesDeps;

  constructor(deps: SchedulesDeps) {
    this.#deps = deps;
  }

  /** What {@link Schedules.apply} would do to make the schedules equal to those of these definitions. */
  async plan(
    plans: readonly Plan[],
    options: Omit<PlanSchedulesOptions, 'taskQueue' | 'approvalKeys'> = {},
  ): Promise<SchedulesPlan> {
    const { client, taskQueue, approvalKeys } = this.#deps;
    // What knows calendars is read from disk only by those who need it: every client has schedules.
    const { planSchedules } = await import('./plan-schedules.js');
    return planSchedules(client, plans, { ...options, taskQueue, approvalKeys });
  }

  /** Does what was planned. Throws `schedule_conflict` before anything is changed when it has errors. */
  async apply(plan: SchedulesPlan): Promise<void> {
    return applySchedules(this.#deps.client, plan);
  }

  /** In the order of their IDs. */
  async list({ pipeline }: ListSchedulesFilter = {}): Promise<readonly ScheduleItem[]> {
    const owned = await ownedSchedules(this.#deps.client);
    const ids = [...owned].filter(([, owner]) => pipeline === undefined || owner.pipeline === pipeline);
    const items: ScheduleItem[] = [];
    for (const [id] of ids.toSorted(([a], [b]) => a.localeCompare(b))) {
      // One at a time: there are few, and a burst of questions would slow down the runs.
      // oxlint-disable-next-line no-await-in-loop
      const description = await describeOwned(this.#deps.client, id);
      if (description !== null && description !== 'foreign') items.push(scheduleItem(description));
    }
    return items;
  }

  /** Throws `schedule_not_found`, as all that follow do. A schedule is named by its ID, or by what is unique of it. */
  async describe(name: string): Promise<ScheduleItem> {
    return scheduleItem((await this.#find(name)).description);
  }

  async pause(name: string, note: string): Promise<ScheduleItem> {
    return this.#change(name, (handle) => handle.pause(note));
  }

  async unpause(name: string, note: string): Promise<ScheduleItem> {
    return this.#change(name, (handle) => handle.unpause(note));
  }

  /** Starts a run now, beside any that goes on unless `overlap` says otherwise. */
  async trigger(name: string, overlap?: OverlapPolicy): Promise<ScheduleItem> {
    return this.#change(name, (handle) =>
      handle.trigger(overlap === undefined ? undefined : overlapOf(overlap)),
    );
  }

  /** Runs that go on are left alone. */
  async delete(name: string): Promise<ScheduleItem> {
    const { handle, description } = await this.#find(name);
    await handle.delete();
    return scheduleItem(description);
  }

  /** Starts the runs that were due in a span of time. Tells their times. */
  async backfill(name: string, options: BackfillScheduleOptions): Promise<readonly Date[]> {
    const { handle } = await this.#find(name);
    const { from, to, overlap = 'buffer_all' } = options;
    const due = await matchingTimes(this.#deps.client, handle.scheduleId, { from, to });
    if (due.length > 0) {
      await handle.backfill({ start: new Date(from.getTime() - 1), end: to, overlap: overlapOf(overlap) });
    }
    return due;
  }

  async #change(name: string, change: (handle: ScheduleHandle) => Promise<void>): Promise<ScheduleItem> {
    const { handle } = await this.#find(name);
    await change(handle);
    return scheduleItem(await handle.describe());
  }

  async #find(name: string): Promise<{ handle: ScheduleHandle; description: ScheduleDescription }> {
    const { client } = this.#deps;
    const owned = await ownedSchedules(client);
    const ids = owned.has(name)
      ? [name]
      : [...owned]
          .filter(([, owner]) => owner.schedule === name || owner.pipeline === name)
          .map(([id]) => id);
    const [id = name] = ids;
    if (ids.length > 1) throw ambiguous(name, ids);
    // A list of schedules lags behind: one that was made a moment ago is asked for by its ID.
    const description = await describeOwned(client, id);
    if (description === null) throw notFound(name, [...owned.keys()]);
    if (description === 'foreign') throw foreign(id);
    return { handle: leanScheduleClient(client).getHandle(id), description };
  }
}

function ambiguous(name: string, ids: readonly string[]): ClientError {
  return new ClientError('schedule_not_found', `"${name}" stands for ${ids.length} schedules.`, {
    hint: `Give one of: ${ids.join(', ')}.`,
  });
}

function notFound(name: string, ids: readonly string[]): ClientError {
  const near = suggest(name, ids);
  const known = ids.length === 0 ? 'Sluice has made none on this server.' : `Schedules: ${ids.join(', ')}.`;
  return new ClientError('schedule_not_found', `There is no schedule "${name}".`, {
    hint: `${near === null ? '' : `Did you mean "${near}"? `}${known}`,
  });
}

function foreign(id: string): ClientError {
  return new ClientError(
    'schedule_not_found',
    `The schedule "${id}" was not made by Sluice, so it is left alone.`,
    {
      hint: `Use "temporal schedule describe --schedule-id ${id}" and its neighbours for it.`,
    },
  );
}
