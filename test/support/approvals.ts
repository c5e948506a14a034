import type { WorkflowHandle } from '@temporalio/client';
import { vi } from 'vitest';
import type { StagePlan } from '../../src/engine/plan.js';
import type { RunStatus } from '../../src/engine/result.js';
import type { ApprovalPlan } from '../../src/engine/stage-extras.js';
import type { ApprovalMessage } from '../../src/workflows/messages.js';
import { aStage } from './a-plan.js';

/** A stage that asks alice and bob, one of whom must approve. */
export function anApproval(
  id: string,
  approval: Partial<ApprovalPlan> = {},
  overrides: Partial<StagePlan> = {},
): StagePlan {
  const plan: ApprovalPlan = {
    approvers: ['alice', 'bob'],
    required: 1,
    timeout_ms: null,
    on_timeout: 'reject',
    message: 'Ship it?',
    evidence: null,
    fields: {},
    ...approval,
  };
  return aStage(id, { ...overrides, action: { kind: 'approval', approval: plan } });
}

/** Decides by update, from the moment on that the stage waits. */
export async function decide(
  run: WorkflowHandle,
  decision: 'approve' | 'reject',
  message: ApprovalMessage,
): Promise<unknown> {
  return run.executeUpdate(decision, { args: [message] });
}

/** The words in which an update is refused. */
export async function refusalOf(update: Promise<unknown>): Promise<string> {
  try {
    await update;
  } catch (error) {
    if (error instanceof Error && error.cause instanceof Error) return error.cause.message;
    throw error;
  }
  throw new Error('The update was not refused.');
}

/** Asks until a stage has a status; nothing else tells when a run came so far. */
export async function untilStage(run: WorkflowHandle, stage: string, status: string): Promise<RunStatus> {
  return vi.waitFor(
    async () => {
      const seen = await run.query<RunStatus>('status');
      const stands = seen.stages[stage]?.status;
      if (stands !== status) throw new Error(`Stage "${stage}" is ${stands ?? 'unknown'}, not ${status}.`);
      return seen;
    },
    { timeout: 60_000, interval: 50 },
  );
}
