/** What a stage function throws to say how its failure is to be treated. */
export type StageFailureOptions = {
  /** Matched by `retryable_errors` and `non_retryable_errors`; shown in the result. @default "StageFailure" */
  readonly type?: string;
  /** False ends the stage at once, however many attempts are left. @default true */
  readonly retryable?: boolean;
  /** Wait this long before the next attempt, instead of the stage's own delay. */
  readonly retryAfterMs?: number;
  /**
   * Too much was asked of a service. In a stage with a `pool` the pool's key is then closed for `retryAfterMs`, for
   * everybody, and the attempt does not count. @default false
   */
  readonly rateLimited?: boolean;
  readonly cause?: unknown;
};

/** A stage's own failure. Any other error works too: its class name becomes its type, and it is retried. */
export class StageFailure extends Error {
  override readonly name = 'StageFailure';
  readonly type: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly rateLimited: boolean;

  constructor(message: string, options: StageFailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.type = options.type ?? 'StageFailure';
    this.retryable = options.retryable ?? true;
    this.retryAfterMs = options.retryAfterMs;
    this.rateLimited = options.rateLimited ?? false;
  }
}
