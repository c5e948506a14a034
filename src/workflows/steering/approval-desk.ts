import {
  type Approval,
  approvalOutcome,
  approvedBy,
  type Decision,
  type Vote,
  voteRefusal,
  withDecision,
} from '../../engine/approval.js';
import type { StagePlan } from '../../engine/plan.js';
import { isoTime, type StageOutcome } from '../../engine/stage-record.js';
import { isJsonObject } from '../../shared/json.js';
import type { ApprovalStatement } from '../../shared/approval-statement.js';
import type { ApprovalAnswer, ApprovalMessage } from '../messages.js';
import type { Awaiting } from './awaiting.js';
import { refusal, unknownName } from './refusal.js';
import { isSignedBy } from './signature.js';
import type { SteeredRun } from './steered-run.js';

/** Called with every change of an approval, and once with how the stage ends. */
export type ApprovalWaiter = {
  readonly show: (approval: Approval) => void;
  readonly end: (outcome: StageOutcome) => void;
};

/** A message and the way it came. */
type Sent = { readonly message: ApprovalMessage; readonly via: 'update' | 'signal' };

type Waiting = { readonly approval: Approval; readonly waiter: ApprovalWaiter };

/** The approvals of a run that wait for people. A vote counts once, and none after the decision. */
export class ApprovalDesk {
  /** Public keys of approvers, which the runs of child pipelines get too; empty where nobody needs to sign. */
  readonly keys: Readonly<Record<string, string>>;
  readonly #awaiting: Awaiting;
  readonly #waiting = new Map<string, Waiting>();

  constructor(keys: Readonly<Record<string, string>>, awaiting: Awaiting) {
    this.keys = keys;
    this.#awaiting = awaiting;
  }

  /** What waits at the moment, by stage; stages inside of items are named like `each.17/sign-off`. */
  get questions(): ReadonlyMap<string, Approval> {
    return new Map([...this.#waiting].map(([stage, { approval }]) => [stage, approval]));
  }

  /** Lets people decide from now on. */
  open(stage: StagePlan, approval: Approval, waiter: ApprovalWaiter): void {
    this.#update(stage.id, { approval, waiter });
  }

  /** Ends the wait of a stage without people: its time is up. */
  timeOut(stage: string): void {
    const waiting = this.#waiting.get(stage);
    if (waiting !== undefined) this.#settle(stage, { ...waiting.approval, decided_by: 'timeout' }, waiting);
  }

  /** Forgets a stage that was cancelled. */
  close(stage: string): void {
    this.#waiting.delete(stage);
    this.#awaiting.set(stage, null);
  }

  /** Throws why a decision does not count. */
  check(run: SteeredRun, decision: Decision, message: ApprovalMessage): void {
    this.#read(run, decision, message);
  }

  /** Books a decision. Throws why it does not count, and then nothing has changed. */
  decide(run: SteeredRun, decision: Decision, { message, via }: Sent): ApprovalAnswer {
    const { stage, waiting, vote } = this.#read(run, decision, message);
    const approval = withDecision(waiting.approval, {
      by: vote.by,
      decision,
      at: isoTime(Date.now()),
      comment: vote.comment,
      ...(Object.keys(vote.fields).length === 0 ? {} : { fields: vote.fields }),
      via,
      verified: this.#needsSignature,
    });
    if (approval.decided_by === null) this.#update(stage, { ...waiting, approval });
    else this.#settle(stage, approval, waiting);
    return answerOf(stage, decision, approval);
  }

  get #needsSignature(): boolean {
    return Object.keys(this.keys).length > 0;
  }

  #update(stage: string, waiting: Waiting): void {
    const { approval, waiter } = waiting;
    this.#waiting.set(stage, waiting);
    const { message, since, times_out_at, approvers, required } = approval;
    this.#awaiting.set(stage, {
      kind: 'approval',
      message: message.length > 500 ? `${message.slice(0, 499)}…` : message,
      since,
      times_out_at,
      approvers,
      approved_by: approvedBy(approval),
      required,
    });
    waiter.show(approval);
  }

  #settle(stage: string, approval: Approval, { waiter }: Waiting): void {
    const outcome = approvalOutcome(approval, stage);
    if (outcome === null) return;
    this.close(stage);
    waiter.show(approval);
    waiter.end(outcome);
  }

  #read(
    run: SteeredRun,
    decision: Decision,
    message: ApprovalMessage,
  ): { readonly stage: string; readonly waiting: Waiting; readonly vote: Vote } {
    const problem = formProblem(message);
    if (problem !== null) refuse(problem);
    const stage = message.stage ?? this.#onlyStage();
    const waiting = this.#waiting.get(stage) ?? this.#refuseStage(run, stage);
    const vote: Vote = {
      decision,
      by: message.as,
      comment: message.comment ?? null,
      fields: message.fields ?? {},
    };
    const refusal = voteRefusal(waiting.approval, stage, vote);
    if (refusal !== null) refuse(refusal);
    if (this.#needsSignature)
      this.#checkSignature({ run: run.memory.facts.id, stage, ...vote }, message.signature);
    return { stage, waiting, vote };
  }

  #onlyStage(): string {
    const [only, ...others] = this.#waiting.keys();
    if (only === undefined) return refuse('No stage of the run waits for approval.');
    if (others.length === 0) return only;
    return refuse(
      `Several stages wait for approval: ${[only, ...others].join(', ')}. Name one as \`stage\`.`,
    );
  }

  #refuseStage({ ledger }: SteeredRun, stage: string): never {
    const record = ledger.record(stage);
    const open = [...this.#waiting.keys()];
    const hint = open.length === 0 ? 'None waits for approval now.' : `Waiting now: ${open.join(', ')}.`;
    if (record === undefined) {
      throw unknownName(
        'stage',
        stage,
        [...ledger.records].map(({ plan }) => plan.id),
      );
    }
    if (record.plan.action.kind !== 'approval') refuse(`Stage "${stage}" is not an approval. ${hint}`);
    const isOver = record.endedAt !== null;
    return refuse(
      isOver
        ? `Stage "${stage}" does not wait for approval any more: it ${record.status.replace('_', ' ')}.`
        : `Stage "${stage}" does not wait for approval yet: it is ${record.status.replace('_', ' ')}.`,
    );
  }

  #checkSignature(statement: ApprovalStatement, signature: string | undefined): void {
    const { by } = statement;
    const key = Object.hasOwn(this.keys, by) ? this.keys[by] : undefined;
    if (key === undefined) refuse(`Decisions about this run must be signed, and it knows no key of "${by}".`);
    if (signature === undefined) {
      refuse(`Decisions about this run must be signed: give the secret of "${by}" in SLUICE_APPROVAL_KEYS.`);
    }
    if (!isSignedBy(key, signature, statement)) {
      refuse(`The signature is not one of "${by}" for this decision.`);
    }
  }
}

/** Messages also come from the Web UI and from other languages, so their form is looked at with care. */
function formProblem(message: unknown): string | null {
  if (!isJsonObject(message)) return 'Expected an object such as {"stage": "sign-off", "as": "alice"}.';
  const { stage, as, comment, fields, signature } = message;
  const known = ['stage', 'as', 'comment', 'fields', 'signature'];
  const unknown = Object.keys(message).find((key) => !known.includes(key));
  if (unknown !== undefined) return `Unknown key "${unknown}". Keys: ${known.join(', ')}.`;
  if (typeof as !== 'string' || as.trim() === '' || as.length > 200)
    return 'Say who decides: `as` must be a name.';
  if (stage !== undefined && typeof stage !== 'string') return '`stage` must be the ID of a stage.';
  if (comment !== undefined && comment !== null && typeof comment !== 'string') {
    return '`comment` must be a string.';
  }
  if (fields !== undefined && !isJsonObject(fields)) return '`fields` must be an object of values.';
  return signature === undefined || typeof signature === 'string' ? null : '`signature` must be a string.';
}

function answerOf(stage: string, decision: Decision, approval: Approval): ApprovalAnswer {
  const ended = decision === 'approve' ? 'succeeded' : 'failed';
  return {
    stage,
    status: approval.decided_by === null ? 'awaiting_approval' : ended,
    approvals: approvedBy(approval).length,
    required: approval.required,
  };
}

function refuse(message: string): never {
  throw refusal(message);
}
