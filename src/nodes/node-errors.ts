/** Types of the errors that stage functions of this entry point fail with, beside those of all stages. */
export const NODE_ERROR = {
  /** A package that the stage function needs is not installed. Not retried. */
  packageMissing: 'PackageMissing',
  /** The params name a model, a schema or a classifier that is not there. Not retried. */
  unknownName: 'UnknownName',
  /** The service asked for a pause (429, or 503 with `Retry-After`). Retried; in a pool no attempt is lost. */
  rateLimited: 'ModelRateLimited',
  /** 408, 409, 425, 5xx, a cut connection, or an answer that is not JSON. Retried. */
  unavailable: 'ModelUnavailable',
  /** Any other 4xx: the same request would be refused again. Not retried. */
  refused: 'ModelRefused',
  /** A text does not hold what the params say it holds. Not retried. */
  textNotFound: 'TextNotFound',
  /** JSON that is not what an OpenAI-compatible service answers. Not retried. */
  protocol: 'ModelProtocolError',
  /** The answer still does not fit the schema after all repairs. Not retried. */
  outputMismatch: 'OutputMismatch',
  /** The call could cost more than is left of the budget. Not retried: a person raises it, or lets it fail. */
  budgetExceeded: 'BudgetExceeded',
  /** Responses are replayed, and there is none for this request. Not retried. */
  recordingMissing: 'RecordingMissing',
} as const;
