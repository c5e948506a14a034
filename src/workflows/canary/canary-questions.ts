import type { Approval } from '../../engine/approval.js';
import type { CanaryInput, CanaryQuestion, CanaryView } from '../../engine/canary.js';
import type { StagePlan } from '../../engine/plan.js';
import type { Json } from '../../shared/json.js';
import type { ChildWorkflowHandle, Workflow } from '@temporalio/workflow';
import type { StageRunContext } from '../stages/stage-context.js';
import type { ApprovalDesk } from '../steering/approval-desk.js';
import { decidedSignal } from './messages.js';

type Deps = Pick<StageRunContext, 'mark'> & {
  readonly approvals: ApprovalDesk;
  readonly required: number;
  readonly child: () => ChildWorkflowHandle<Workflow> | null;
};

/**
 * Lets people decide about a canary as they decide about an approval: the question is listed, signed and answered in the
 * same way, and the answer goes to the canary.
 */
export class CanaryQuestions {
  readonly #stage: StagePlan;
  readonly #input: CanaryInput;
  readonly #deps: Deps;
  #view: CanaryView | null = null;
  #asked: Approval | null = null;
  /** When the latest question was asked that people have answered. */
  #answered: string | null = null;

  constructor(stage: StagePlan, input: CanaryInput, deps: Deps) {
    this.#stage = stage;
    this.#input = input;
    this.#deps = deps;
  }

  /** True when it shows the stage as one that waits for people. */
  see(view: CanaryView): boolean {
    const { question } = view;
    this.#view = view;
    if (question === null || question.since === this.#answered) {
      this.close();
      return false;
    }
    if (this.#asked?.since === question.since) this.#show(this.#asked);
    else this.#open(question, view);
    return true;
  }

  /** Takes the question back, if there is one. */
  close(): void {
    if (this.#asked === null) return;
    this.#asked = null;
    this.#deps.approvals.close(this.#stage.id);
  }

  #open(question: CanaryQuestion, view: CanaryView): void {
    this.close();
    const { approvals } = this.#deps;
    approvals.open(this.#stage, this.#approval(question, view), {
      show: (approval) => this.#show(approval),
      end: ({ status }) => this.#answer(status === 'succeeded'),
    });
  }

  #approval({ message, since, times_out_at, about }: CanaryQuestion, view: CanaryView): Approval {
    const { approvers, on_timeout } = this.#input.people;
    const { step, weight, last } = view;
    return {
      message,
      approvers,
      required: this.#deps.required,
      since,
      times_out_at,
      on_timeout: about === 'promotion' && on_timeout === 'promote' ? 'approve' : 'reject',
      evidence: { step, weight, kpis: (last?.kpis ?? []) as unknown as Json },
      fields: {},
      decisions: [],
      decided_by: null,
    };
  }

  #show(approval: Approval): void {
    this.#asked = approval;
    const canary = this.#view;
    this.#deps.mark(this.#stage, 'awaiting_approval', {
      approval,
      ...(canary === null ? {} : { canary }),
    });
  }

  #answer(isApproved: boolean): void {
    const last = this.#asked?.decisions.at(-1);
    this.#answered = this.#asked?.since ?? null;
    this.#asked = null;
    this.#deps.mark(this.#stage, 'running');
    const by = last?.by ?? 'people';
    const decision = isApproved ? 'approve' : 'reject';
    // A canary that ended at the same moment needs no answer any more.
    void this.#deps
      .child()
      ?.signal(decidedSignal, { by, reason: last?.comment ?? null, decision })
      .catch(() => undefined);
  }
}
