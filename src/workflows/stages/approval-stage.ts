import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { Approval } from '../../engine/approval.js';
import type { StagePlan } from '../../engine/plan.js';
import type { ApprovalPlan } from '../../engine/stage-extras.js';
import { isoTime, type StageOutcome } from '../../engine/stage-record.js';
import type { OpenStage } from '../../engine/steering.js';
import type { Scope } from '../../expressions/scope.js';
import { resolveTemplate } from '../../expressions/template.js';
import type { Json } from '../../shared/json.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { failedOutcome } from '../stage-failure.js';
import type { ApprovalDesk } from '../steering/approval-desk.js';
import { namesIn } from './names-in.js';
import type { OnStageEnd, StageRunContext } from './stage-context.js';

/** Waits until enough people approved, one rejects, or the time is up. Takes no slot while it waits. */
export function runApproval(
  stage: StagePlan,
  context: StageRunContext,
  onEnd: OnStageEnd,
): StageOutcome | null {
  if (stage.action.kind !== 'approval') throw new Error(`Stage "${stage.id}" is not an approval.`);
  const { approvals, scope } = context;
  if (approvals === undefined) {
    const message = 'it runs inside an item of a large map, where nobody can approve; ask before the map';
    return failedOutcome(stage, ERROR_TYPE.validation, message);
  }
  const approval = ask(stage, stage.action.approval, scope);
  if ('status' in approval) return approval;
  wait(stage, approval, { approvals, mark: context.mark, onEnd });
  return null;
}

/** Goes on with an approval that waited when the run went on in a new history. */
export function reopenApproval(
  stage: StagePlan,
  { approvals, mark }: StageRunContext,
  options: { readonly onEnd: OnStageEnd; readonly open: OpenStage },
): void {
  if (approvals === undefined) throw new Error(`Nobody can approve stage "${stage.id}".`);
  wait(stage, options.open.wait as unknown as Approval, { approvals, mark, onEnd: options.onEnd });
}

type Waiter = Pick<StageRunContext, 'mark'> & {
  readonly approvals: ApprovalDesk;
  readonly onEnd: OnStageEnd;
};

function wait(stage: StagePlan, approval: Approval, { approvals, mark, onEnd }: Waiter): void {
  const clock = new CancellationScope();
  let isOpen = true;
  const close = (outcome: StageOutcome): void => {
    isOpen = false;
    clock.cancel();
    onEnd(stage, outcome);
  };
  approvals.open(stage, approval, {
    show: (changed) => mark(stage, 'awaiting_approval', { approval: changed, carry: () => changed }),
    end: close,
  });
  void clock
    .run(() => timeUp(stage, approval, clock))
    .then(
      () => approvals.timeOut(stage.id),
      (error: unknown) => {
        if (!isCancellation(error)) throw error;
        if (!isOpen) return;
        approvals.close(stage.id);
        close({ status: 'cancelled', attempts: 1 });
      },
    );
}

async function timeUp(stage: StagePlan, approval: Approval, clock: CancellationScope): Promise<void> {
  if (approval.times_out_at === null) return clock.cancelRequested;
  const left = Date.parse(approval.times_out_at) - Date.now();
  await sleep(Math.max(1, left), { summary: `${stage.id} · end of the wait for approval` });
}

/** The question as people see it, or why it cannot be asked. */
function ask(stage: StagePlan, plan: ApprovalPlan, scope: Scope): Approval | StageOutcome {
  const approvers = namesIn(resolveTemplate(plan.approvers, scope).value);
  if (approvers === null) {
    const found = JSON.stringify(resolveTemplate(plan.approvers, scope).value);
    const message = `approvers gave ${found}, expected a list of names`;
    return failedOutcome(stage, ERROR_TYPE.validation, message);
  }
  if (approvers.length > 0 && approvers.length < plan.required) {
    const message = `${plan.required} people must approve, but approvers names only ${approvers.join(', ')}`;
    return failedOutcome(stage, ERROR_TYPE.validation, message);
  }
  const now = Date.now();
  return {
    message: textOf(resolveTemplate(plan.message, scope).value),
    approvers,
    required: plan.required,
    since: isoTime(now),
    times_out_at: plan.timeout_ms === null ? null : isoTime(now + plan.timeout_ms),
    on_timeout: plan.on_timeout,
    evidence: resolveTemplate(plan.evidence, scope).value,
    fields: plan.fields,
    decisions: [],
    decided_by: null,
  };
}

function textOf(value: Json): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
