import type { ApprovalPlan } from '../../engine/stage-extras.js';
import { parseDuration } from '../../shared/duration.js';
import type { ApprovalDefinition } from '../schema/approval-schema.js';
import { buildInput } from './build-input.js';

/** Fills in the defaults of an approval that has been checked. */
export function buildApproval(approval: ApprovalDefinition | undefined): ApprovalPlan {
  const { approvers = [], required = 1, timeout, on_timeout = 'reject' } = approval ?? {};
  const fields = Object.entries(approval?.fields ?? {});
  return {
    approvers,
    required,
    timeout_ms: timeout === undefined ? null : parseDuration(timeout),
    on_timeout,
    message: approval?.message ?? '',
    evidence: approval?.evidence ?? null,
    fields: Object.fromEntries(fields.map(([name, field]) => [name, buildInput(field)])),
  };
}
