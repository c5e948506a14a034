import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { LiveAttempt } from '../live-attempt.js';
import { readLiveAttempts } from '../live-attempt.js';
import type { LiveItem } from './item-list.js';

/** Maps have a workflow that hands out items and others that run them; nothing lies deeper. */
const DEEPEST = 2;

/**
 * The open attempts of a map's items: those of the run's own workflow, and of the workflows that run a large map for it.
 */
export async function readLiveItems(
  client: Client,
  workflowId: string,
  stage: string,
): Promise<readonly LiveItem[]> {
  return liveItems(stage, await openAttempts(client, workflowId, 0));
}

/** The items that attempts belong to, one entry for each item; of several attempts the one that fared worst. */
export function liveItems(stage: string, attempts: readonly LiveAttempt[]): readonly LiveItem[] {
  const items = new Map<number, LiveItem>();
  for (const { activityId, attempt, lastError } of attempts) {
    const index = itemIndex(stage, activityId);
    const known = index === null ? undefined : items.get(index);
    if (index === null || (known !== undefined && known.attempt >= attempt)) continue;
    items.set(index, { index, attempt, lastError });
  }
  return [...items.values()].toSorted((a, b) => a.index - b.index);
}

/** An item's activities are named `STAGE.INDEX`, those of a pipeline that it runs `STAGE.INDEX/…`. */
function itemIndex(stage: string, activityId: string): number | null {
  if (!activityId.startsWith(`${stage}.`)) return null;
  const digits = /^\d+(?=$|\/)/.exec(activityId.slice(stage.length + 1))?.[0];
  return digits === undefined ? null : Number(digits);
}

async function openAttempts(
  client: Client,
  workflowId: string,
  depth: number,
): Promise<readonly LiveAttempt[]> {
  const description = await describe(client, workflowId);
  if (description === null) return [];
  const { pendingActivities, pendingChildren } = description.raw;
  const own = await readLiveAttempts(client, pendingActivities ?? []);
  const children = (pendingChildren ?? []).filter((child) => child.workflowTypeName?.startsWith('map'));
  if (depth === DEEPEST) return own;
  const below = await Promise.all(
    children.map((child) => openAttempts(client, child.workflowId ?? '', depth + 1)),
  );
  return [...own, ...below.flat()];
}

/** Null for a workflow that ended a moment ago. */
async function describe(client: Client, workflowId: string) {
  try {
    return await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
