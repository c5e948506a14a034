import { formatDuration } from '../shared/format-duration.js';
import type { Json, JsonObject } from '../shared/json.js';
import { ERROR_TYPE } from '../shared/names.js';
import { checkInputs } from './check-inputs.js';
import type { InputSpec } from './plan.js';
import type { StageOutcome } from './stage-record.js';

/** What people are asked and what they answered so far; part of a stage's result from the moment it waits. */
export type Approval = {
  readonly message: string;
  /** Who may decide; empty for anyone. */
  readonly approvers: readonly string[];
  /** How many different people must approve. */
  readonly required: number;
  readonly since: string;
  /** When it is decided without people; null for never. */
  readonly times_out_at: string | null;
  readonly on_timeout: 'reject' | 'approve';
  readonly evidence: Json;
  /** What an approver may give. */
  readonly fields: Readonly<Record<string, InputSpec>>;
  /** Oldest first. */
  readonly decisions: readonly ApprovalDecision[];
  /** Null while it waits. */
  readonly decided_by: 'people' | 'timeout' | null;
};

export type ApprovalDecision = {
  readonly by: string;
  readonly decision: Decision;
  readonly at: string;
  readonly comment: string | null;
  /** The values that this person gave; absent when none. */
  readonly fields?: JsonObject;
  readonly via: 'update' | 'signal';
  /** True when a signature proves who decided. */
  readonly verified: boolean;
};

export type Decision = 'approve' | 'reject';

/** A decision as somebody gives it. */
export type Vote = {
  readonly decision: Decision;
  readonly by: string;
  readonly comment: string | null;
  readonly fields: JsonObject;
};

/** Names that an approval's output has of its own, so that no field may have them. */
export const APPROVAL_OUTPUT_NAMES = ['approved', 'approvers', 'decisions', 'timed_out'] as const;

const LONGEST_COMMENT = 10_000;

/**
 * Why a vote does not count, in a full sentence; null when it does. Somebody who approved may still reject until it is
 * decided: taking a permission back is never too early.
 */
export function voteRefusal(approval: Approval, stage: string, vote: Vote): string | null {
  const { approvers } = approval;
  if (approvers.length > 0 && !approvers.includes(vote.by)) {
    return `"${vote.by}" is not among the approvers of stage "${stage}": ${approvers.join(', ')}.`;
  }
  if (vote.comment !== null && vote.comment.length > LONGEST_COMMENT) {
    return `The comment has ${vote.comment.length} characters; at most ${LONGEST_COMMENT} are kept.`;
  }
  if (vote.decision === 'reject') return rejectionRefusal(stage, vote);
  if (approvedBy(approval).includes(vote.by)) return `"${vote.by}" has already approved stage "${stage}".`;
  const { problems } = checkInputs(approval.fields, { ...givenFields(approval), ...vote.fields });
  if (problems.length === 0) return null;
  const words = problems.map(({ message }) => fieldWords(message, Object.keys(approval.fields)));
  return `The values do not fit stage "${stage}": ${words.join('; ')}.`;
}

function rejectionRefusal(stage: string, vote: Vote): string | null {
  if (vote.comment === null || vote.comment.trim() === '') {
    return `A rejection of stage "${stage}" needs a reason: give it as the comment.`;
  }
  if (Object.keys(vote.fields).length > 0) return 'A rejection takes no field values, only a comment.';
  return null;
}

/** The check of inputs speaks of inputs of the pipeline. */
function fieldWords(message: string, names: readonly string[]): string {
  const known = names.length === 0 ? 'The approval has no fields' : `Fields: ${names.join(', ')}`;
  return message
    .replace(/^input /, 'field ')
    .replace(/ (?:The pipeline takes none|Inputs: .*)\.$/, ` ${known}`);
}

/** The approval with one more decision; decided when it is a rejection or the last approval that was needed. */
export function withDecision(approval: Approval, decision: ApprovalDecision): Approval {
  const next = { ...approval, decisions: [...approval.decisions, decision] };
  const isDecided = decision.decision === 'reject' || approvedBy(next).length >= approval.required;
  return isDecided ? { ...next, decided_by: 'people' } : next;
}

/** Who approved, in the order in which they did. */
export function approvedBy(approval: Approval): readonly string[] {
  return approval.decisions.filter(({ decision }) => decision === 'approve').map(({ by }) => by);
}

/** How the stage ends; null while the approval waits. */
export function approvalOutcome(approval: Approval, stage: string): StageOutcome | null {
  const rejection = approval.decisions.find(({ decision }) => decision === 'reject');
  if (rejection !== undefined) {
    const message = `rejected by ${rejection.by}: ${rejection.comment ?? 'no reason'}`;
    return { status: 'failed', error: { type: ERROR_TYPE.rejected, message, stage }, attempts: 1 };
  }
  if (approval.decided_by === null) return null;
  const isLate = approval.decided_by === 'timeout';
  if (isLate && approval.on_timeout === 'reject') {
    const waited = Date.parse(approval.times_out_at ?? approval.since) - Date.parse(approval.since);
    const message = `${countWords(approval)} needed approvals came within ${formatDuration(waited)}, so it counts as rejected (on_timeout)`;
    return { status: 'timed_out', error: { type: ERROR_TYPE.rejected, message, stage }, attempts: 1 };
  }
  return { status: 'succeeded', output: outputOf(approval, isLate), attempts: 1 };
}

function outputOf(approval: Approval, isLate: boolean): Json {
  const { inputs: fields } = checkInputs(approval.fields, givenFields(approval));
  return {
    ...fields,
    approved: true,
    approvers: approvedBy(approval),
    decisions: approval.decisions as unknown as Json,
    timed_out: isLate,
  };
}

/** The values given so far; a later one replaces an earlier one. */
function givenFields(approval: Approval): JsonObject {
  return Object.assign({}, ...approval.decisions.map(({ fields = {} }) => fields)) as JsonObject;
}

/** `1 of 2`. */
function countWords(approval: Pick<Approval, 'decisions' | 'required'>): string {
  const approvals = approval.decisions.filter(({ decision }) => decision === 'approve').length;
  return `${approvals} of ${approval.required}`;
}

/** `waits for approval by alice, bob (1 of 2)`: who may still decide. */
export function approvalWords(approval: Approval): string {
  const done = new Set(approvedBy(approval));
  const left = approval.approvers.filter((name) => !done.has(name));
  const who = approval.approvers.length === 0 ? 'anyone' : left.join(', ');
  return `waits for approval by ${who} (${countWords(approval)})`;
}
