import type { AliasState } from './alias-state.js';
import type { MoveRequest, RollBackRequest } from './model-event.js';
import { type ModelRefusal, refuse } from './model-refusal.js';
import { USUAL_ALIASES } from './model-state.js';
import { nameProblem, sizeProblem, wordsProblem } from './model-version.js';

/** What rules of moves are judged by. */
export type Standing = {
  /** Null where the alias was never used. */
  readonly alias: AliasState | null;
  /** The version in production; null for none. */
  readonly production: string | null;
  readonly has: (version: string) => boolean;
  /** Why a version failed; null for one that did not. */
  readonly failure: (version: string) => string | null;
  /** Names of the versions that came last, for messages. */
  readonly latest: readonly string[];
};

/**
 * Why an alias may not be moved, or null. Any version that did not fail may go to any usual alias, because teams differ
 * in what they ask of a version; what they ask for is what their pipelines check.
 *
 * ```
 *            ┌─────────── move ───────────┐
 * registered ┼─→ staging ─┬─→ canary ─────┼─→ production ─→ (one of those before)
 *            └────────────┴───────────────┘  ←─ rollback ──┘
 * ```
 * A version leaves `staging` and `canary` when it becomes `production`, and cannot go back there while it is.
 */
export function moveRefusal(request: MoveRequest, standing: Standing): ModelRefusal | null {
  const { alias, version } = request;
  const unfit = wishProblem(request);
  if (unfit !== null) return unfit;
  if (version === null) return emptyRefusal(request, standing);
  if (!standing.has(version)) return unknownVersion(version, standing);
  const failed = isUsual(alias) ? failedRefusal(version, standing) : null;
  return failed ?? liveRefusal(alias, version, standing) ?? expectationRefusal(request, standing);
}

/** The version that a rollback goes to, or why there is none. */
export function rollbackTarget(request: RollBackRequest, standing: Standing): string | ModelRefusal {
  const { alias, to } = request;
  const unfit = wishProblem(request);
  if (unfit !== null) return unfit;
  const moved = expectationRefusal(request, standing);
  if (moved !== null) return moved;
  const before = standing.alias?.before ?? [];
  if (to === undefined) {
    const last = before.findLast(
      (version) => standing.failure(version) === null && liveRefusal(alias, version, standing) === null,
    );
    return last ?? refuse('nothing_before', nothingBefore(alias, before, standing));
  }
  if (!standing.has(to)) return unknownVersion(to, standing);
  const unable = failedRefusal(to, standing) ?? liveRefusal(alias, to, standing);
  if (unable !== null) return unable;
  if (before.includes(to)) return to;
  const were = before.length === 0 ? '' : ` Before it were: ${before.toReversed().join(', ')}.`;
  return refuse(
    'nothing_before',
    `"${to}" was not ${alias} before, so there is no going back to it.${were} Promote it instead.`,
  );
}

/** True for aliases that only versions in good standing may have. */
function isUsual(alias: string): boolean {
  return USUAL_ALIASES.some((usual) => usual === alias);
}

function wishProblem(request: MoveRequest | RollBackRequest): ModelRefusal | null {
  const problem =
    nameProblem('an alias', request.alias) ??
    wordsProblem('who moves it', request.by) ??
    wordsProblem('for what reason it moves', request.reason) ??
    sizeProblem('evidence', request.evidence ?? null);
  return problem === null ? null : refuse('bad_request', `${problem}.`);
}

function emptyRefusal(request: MoveRequest, standing: Standing): ModelRefusal | null {
  const { alias } = request;
  if (alias === 'production') {
    return refuse('bad_request', 'production cannot be left empty; move it to another version.');
  }
  if ((standing.alias?.version ?? null) === null) {
    return refuse('nothing_before', `${alias} means nothing already.`);
  }
  return expectationRefusal(request, standing);
}

function unknownVersion(version: string, { latest }: Standing): ModelRefusal {
  const known = latest.length === 0 ? 'There are none yet.' : `The latest are: ${latest.join(', ')}.`;
  return refuse('version_not_found', `there is no version "${version}". ${known}`);
}

function failedRefusal(version: string, { failure }: Standing): ModelRefusal | null {
  const reason = failure(version);
  return reason === null ? null : refuse('version_failed', `"${version}" has failed: ${reason}`);
}

function liveRefusal(alias: string, version: string, standing: Standing): ModelRefusal | null {
  if (standing.alias?.version === version) {
    const { since, by } = standing.alias;
    return refuse('already_live', `"${version}" is ${alias} already, since ${since} by ${by}.`);
  }
  const isOnTheWay = alias === 'staging' || alias === 'canary';
  if (!isOnTheWay || standing.production !== version) return null;
  return refuse('already_live', `"${version}" is in production already, so it cannot become ${alias}.`);
}

function expectationRefusal(
  { alias, expected }: MoveRequest | RollBackRequest,
  { alias: state }: Standing,
): ModelRefusal | null {
  const now = state?.version ?? null;
  if (expected === undefined || expected === now) return null;
  const wanted = expected === null ? 'nothing' : `"${expected}"`;
  const found = now === null ? 'it means nothing' : `it is "${now}"`;
  const since = state === null ? '' : ` since ${state.since} by ${state.by} (${state.reason})`;
  return refuse('moved_meanwhile', `${alias} is not ${wanted} any more: ${found}${since}.`);
}

function nothingBefore(alias: string, before: readonly string[], { alias: state }: Standing): string {
  if (state?.version === undefined || state.version === null)
    return `${alias} means nothing, so there is nothing to go back from.`;
  if (before.length === 0)
    return `nothing was ${alias} before "${state.version}", so there is nothing to go back to.`;
  return `all that was ${alias} before "${state.version}" has failed: ${before.join(', ')}. Name a version with \`to\`.`;
}
