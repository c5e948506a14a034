import { setHandler } from '@temporalio/workflow';
import type { Decision } from '../../engine/approval.js';
import {
  type ApprovalMessage,
  approveSignal,
  approveUpdate,
  rejectSignal,
  rejectUpdate,
} from '../messages.js';
import { bySignal } from './by-signal.js';
import type { SteeredRun } from './steered-run.js';

/** Lets people decide by update and by signal. */
export function handleApprovals(run: SteeredRun): void {
  const { approvals } = run.steering;
  for (const [decision, update] of [
    ['approve', approveUpdate],
    ['reject', rejectUpdate],
  ] as const) {
    setHandler(update, (message) => approvals.decide(run, decision, { message, via: 'update' }), {
      validator: (message) => approvals.check(run, decision, message),
    });
  }
  setHandler(approveSignal, signalled(run, 'approve'), {
    description: 'Approve a stage: {"stage": "ID", "as": "NAME", "comment": "WHY", "fields": {}}',
  });
  setHandler(rejectSignal, signalled(run, 'reject'), {
    description: 'Reject a stage: {"stage": "ID", "as": "NAME", "comment": "WHY"}',
  });
}

function signalled(run: SteeredRun, decision: Decision): (message: ApprovalMessage) => void {
  const { approvals } = run.steering;
  return bySignal<ApprovalMessage>(
    run,
    decision,
    (_run, message) => approvals.check(run, decision, message as ApprovalMessage),
    (_run, message) => void approvals.decide(run, decision, { message, via: 'signal' }),
  );
}
