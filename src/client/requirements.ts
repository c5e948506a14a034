import prettyMs from 'pretty-ms';
import type { Requirement } from '../engine/plan.js';
import { ClientError } from './client-error.js';
import { listQuery, type RunLister } from './run-list.js';

/** A requirement that does not hold now, in words. */
export type UnmetRequirement = {
  readonly pipeline: string;
  /** When it last succeeded; null when it never did. */
  readonly last_success: string | null;
  readonly message: string;
};

/** Checks that each required pipeline succeeded recently enough. Empty when the run may start. */
export async function unmetRequirements(
  client: RunLister,
  requires: readonly Requirement[],
  now = new Date(),
): Promise<readonly UnmetRequirement[]> {
  const checked = await Promise.all(
    requires.map((requirement) => checkRequirement(client, requirement, now)),
  );
  return checked.filter((unmet) => unmet !== null);
}

/** Throws `requirements_not_met` with all that is missing. */
export async function checkRequirements(
  client: RunLister,
  pipeline: string,
  requires: readonly Requirement[],
): Promise<void> {
  const unmet = await unmetRequirements(client, requires);
  if (unmet.length === 0) return;
  throw new ClientError(
    'requirements_not_met',
    `Pipeline "${pipeline}" cannot run now: ${unmet.map((item) => item.message).join('; ')}.`,
    { hint: 'Run what is missing first, or start anyway with --force.' },
  );
}

async function checkRequirement(
  client: RunLister,
  requirement: Requirement,
  now: Date,
): Promise<UnmetRequirement | null> {
  const { pipeline, max_age_ms: maxAge } = requirement;
  const last = await lastSuccess(client, pipeline);
  if (last === null) {
    return { pipeline, last_success: null, message: `"${pipeline}" has never succeeded` };
  }
  const age = now.getTime() - last.getTime();
  if (maxAge === null || age <= maxAge) return null;
  const words = `${prettyMs(age, { unitCount: 2 })} ago, and at most ${prettyMs(maxAge)} is allowed`;
  return {
    pipeline,
    last_success: last.toISOString(),
    message: `"${pipeline}" last succeeded ${words}`,
  };
}

async function lastSuccess(client: RunLister, pipeline: string): Promise<Date | null> {
  const query = listQuery({ pipeline, status: 'succeeded' });
  for await (const info of client.workflow.list({ query, pageSize: 1 }))
    return info.closeTime ?? info.startTime;
  return null;
}
