import {
  type ChildWorkflowHandle,
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow';
import type { CanaryReport } from '../../engine/canary.js';
import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import type { Paused } from '../../engine/steering.js';
import { CANARY_WORKFLOW, canaryWorkflowId } from '../../shared/names.js';
import { summaryOf } from '../activity-options.js';
import type { OnStageEnd, StageRunContext } from '../stages/stage-context.js';
import type { ApprovalDesk } from '../steering/approval-desk.js';
import type { canary } from './canary.js';
import type { CanaryDesk } from './canary-desk.js';
import type { PreparedCanary } from './canary-input.js';
import { canaryOutcome } from './canary-outcome.js';
import { CanaryQuestions } from './canary-questions.js';
import { type CanaryProgress, runPausedSignal } from './messages.js';

type Deps = Pick<StageRunContext, 'mark' | 'pause'> & {
  readonly canaries: CanaryDesk;
  readonly approvals: ApprovalDesk;
  /** How many people must approve what it asks. */
  readonly required: number;
  readonly onEnd: OnStageEnd;
};

type Child = ChildWorkflowHandle<typeof canary>;

/** What a run does for its canary: starts it, shows how it stands, asks people for it, and takes its end in. */
export class CanaryWatch {
  readonly #stage: StagePlan;
  readonly #canary: PreparedCanary;
  readonly #deps: Deps;
  readonly #questions: CanaryQuestions;
  #child: Child | null = null;
  #seenAt = 0;

  constructor(stage: StagePlan, canary: PreparedCanary, deps: Deps) {
    this.#stage = stage;
    this.#canary = canary;
    this.#deps = deps;
    this.#questions = new CanaryQuestions(stage, canary.input, { ...deps, child: () => this.#child });
  }

  start(): void {
    this.#deps.canaries.open(this.#stage.id, (progress) => this.#see(progress));
    void this.#run().then(
      (report) => this.#end({ status: 'succeeded', output: report, attempts: 1 }),
      (error: unknown) => canaryOutcome(this.#stage, this.#canary, error).then((end) => this.#end(end)),
    );
  }

  async #run(): Promise<CanaryReport> {
    const { input, router } = this.#canary;
    const child = await startChild<typeof canary>(CANARY_WORKFLOW, {
      args: [input],
      // One canary of a service at a time. What ended in any way may be tried again.
      workflowId: canaryWorkflowId(input.service, router),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      // Of a run that is ended by force the canary rolls back by itself.
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      memo: { run: input.run.workflow_id, stage: input.run.stage },
      staticSummary: summaryOf(this.#stage),
    });
    this.#child = child;
    const tell = (paused: Paused | null): void => {
      // The canary may end at the same moment, and then there is nobody left to pause.
      void child.signal(runPausedSignal, { paused }).catch(() => undefined);
    };
    const { pause } = this.#deps;
    if (pause.isOn) tell(pause.paused);
    const leave = pause.onChange(tell);
    try {
      return await child.result();
    } finally {
      leave();
    }
  }

  #see({ at, view }: CanaryProgress): void {
    // Signals may overtake each other.
    if (at < this.#seenAt) return;
    this.#seenAt = at;
    if (!this.#questions.see(view)) this.#deps.mark(this.#stage, 'running', { canary: view });
  }

  #end(outcome: StageOutcome): void {
    this.#deps.canaries.close(this.#stage.id);
    this.#questions.close();
    this.#deps.onEnd(this.#stage, outcome);
  }
}
