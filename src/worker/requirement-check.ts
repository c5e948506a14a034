import type { FindRuns } from '../activities/probe.js';
import { formatDuration } from '../shared/format-duration.js';
import type { RequirementCheckResult, RequirementCheckTask } from '../shared/requirement-check.js';

export type RequirementCheck = (task: RequirementCheckTask) => Promise<RequirementCheckResult>;

/** Looks whether required pipelines have succeeded recently enough. Changes nothing, so it may run twice. */
export function createRequirementCheck(findRuns: FindRuns): RequirementCheck {
  return async ({ requires }) => {
    const unmet = await Promise.all(
      requires.map(async ({ pipeline, max_age_ms: maxAgeMs }): Promise<readonly string[]> => {
        if ((await findRuns({ pipeline, maxAgeMs })) !== null) return [];
        const last = maxAgeMs === null ? null : await findRuns({ pipeline, maxAgeMs: null });
        if (last === null) return [`"${pipeline}" has never succeeded`];
        const limit = formatDuration(maxAgeMs ?? 0);
        return [`"${pipeline}" last succeeded at ${last.ended_at}, and at most ${limit} ago is allowed`];
      }),
    );
    return { unmet: unmet.flat() };
  };
}
