/** A stage that waits for people, as the memo `awaiting` of its run shows it under the stage's ID. */
export type AwaitedStage = AwaitedApproval | AwaitedHold;

export type AwaitedApproval = {
  readonly kind: 'approval';
  readonly message: string;
  readonly since: string;
  readonly times_out_at: string | null;
  /** Empty for anyone. */
  readonly approvers: readonly string[];
  readonly approved_by: readonly string[];
  readonly required: number;
};

/** A stage out of attempts that waits for somebody to retry, skip or fail it. */
export type AwaitedHold = {
  readonly kind: 'held';
  readonly message: string;
  readonly since: string;
  readonly times_out_at: string | null;
};
