import type { Decision } from '../../engine/approval.js';
import type { JsonObject } from '../../shared/json.js';
import type { ApprovalMessage } from '../../workflows/messages.js';
import { type ApprovalKeys, signDecision } from './approval-keys.js';

export type DecisionOptions = {
  /** @default the only stage that waits for approval */
  readonly stage?: string;
  /** Who decides. */
  readonly as: string;
  /** Why; a rejection needs it. */
  readonly comment?: string;
  /** Values for the fields of the approval. */
  readonly fields?: JsonObject;
};

/** The message that a decision is sent as, signed where there is a secret of who decides. */
export function signedMessage(
  decision: Decision,
  options: DecisionOptions,
  run: {
    readonly runId: string;
    readonly keys: ApprovalKeys | undefined;
    /** The stages that wait for approval. */
    readonly waiting: readonly string[];
  },
): ApprovalMessage {
  const { as, comment = null, fields = {} } = options;
  const [only, ...others] = run.waiting;
  const stage = options.stage ?? (others.length === 0 ? only : undefined);
  const statement = { run: run.runId, stage: stage ?? '', decision, by: as, comment, fields };
  const signature = signDecision(statement, run.keys);
  return {
    as,
    ...(stage === undefined ? {} : { stage }),
    ...(comment === null ? {} : { comment }),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
    ...(signature === undefined ? {} : { signature }),
  };
}
