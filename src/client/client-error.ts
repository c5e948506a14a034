/**
 * - `server_unreachable`: no Temporal server answers at the address.
 * - `no_worker`: the server answers, but nothing polls the task queue that the run needs.
 * - `search_attributes`: the search attributes are missing and could not be added.
 * - `run_not_found`: no run matches what was asked for.
 * - `run_exists`: a run with this ID is running already.
 * - `invalid_inputs`: inputs or mode do not fit the pipeline.
 * - `requirements_not_met`: a pipeline that this one `requires` has no recent success.
 * - `temporal`: Temporal refused the request.
 */
export type ClientErrorCode =
  | 'server_unreachable'
  | 'no_worker'
  | 'search_attributes'
  | 'run_not_found'
  | 'run_exists'
  | 'invalid_inputs'
  | 'requirements_not_met'
  | 'temporal';

/** What went wrong between the caller and Temporal, in words for a person, with what to do next in `hint`. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  readonly hint: string | null;

  constructor(code: ClientErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? null;
  }
}
