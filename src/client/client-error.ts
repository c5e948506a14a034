import type { ModelRefusalCode } from '../engine/models/model-refusal.js';

/**
 * - `temporal_unreachable`: no Temporal server answers at the address.
 * - `search_attributes`: the search attributes are missing and could not be added.
 * - `run_not_found`: no run matches what was asked for.
 * - `no_items`: the stage is no fan-out, or has not begun.
 * - `run_ended`: the run has ended already, so it cannot be steered.
 * - `run_not_ended`: the run goes on, so nothing can follow it yet.
 * - `no_answer`: only a worker knows what was asked for, and none answers.
 * - `wrong_pipeline`: a definition is of another pipeline than the run.
 * - `unknown_stage`: the run or the pipeline has no such stage.
 * - `bad_cursor`: no event of the run, and no chunk of a stage, has this cursor.
 * - `no_store`: the client was given no store, where what was asked for is kept.
 * - `refused`: the run does not do what it was told; nothing has changed.
 * - `no_worker`: no worker is there that could answer for the run.
 * - `invalid_query`: the query that says which runs are meant is wrong.
 * - `run_exists`: a run with this ID is running already.
 * - `invalid_inputs`: inputs or mode do not fit the pipeline.
 * - `invalid_range`: the range of a backfill cannot be cut into windows.
 * - `backfill_not_found`: no backfill has this ID.
 * - `requirements_not_met`: a pipeline that this one `requires` has no recent success.
 * - `holidays_unknown`: holidays of a place are not known, or the package that knows them is not installed.
 * - `schedule_not_found`: no schedule of Sluice has the ID.
 * - `schedule_conflict`: schedules cannot be made as the files say.
 * - `store_shared`: other namespaces use the store, so that what is unused cannot be told.
 * - `alert_not_found`: no such alert is open.
 * - `canary_not_found`: the run has no such canary, or several.
 * - `channel_failed`: a channel did not take the message that tries it.
 * - `model_not_found`: there is no such model.
 * - `version_not_found`, `version_taken`, `version_failed`, `already_live`, `moved_meanwhile`, `nothing_before`,
 *   `wrong_artifact`, `bad_request`, `busy`: the registry refuses what was asked of a model.
 * - `temporal`: Temporal refused the request.
 */
export type ClientErrorCode =
  | 'temporal_unreachable'
  | 'alert_not_found'
  | 'canary_not_found'
  | 'channel_failed'
  | 'search_attributes'
  | 'run_not_found'
  | 'no_items'
  | 'run_ended'
  | 'run_not_ended'
  | 'no_answer'
  | 'wrong_pipeline'
  | 'unknown_stage'
  | 'bad_cursor'
  | 'no_store'
  | 'refused'
  | 'no_worker'
  | 'invalid_query'
  | 'run_exists'
  | 'invalid_inputs'
  | 'invalid_range'
  | 'backfill_not_found'
  | 'requirements_not_met'
  | 'holidays_unknown'
  | 'schedule_not_found'
  | 'schedule_conflict'
  | 'store_shared'
  | 'missing_package'
  | 'model_not_found'
  | ModelRefusalCode
  | 'temporal';

/** What went wrong between the caller and Temporal, in words for a person, with what to do next in `hint`. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  readonly hint: string | null;
  /** What a command exits with that ends for this reason. */
  readonly exitCode: 1 | 2 | 3;

  constructor(code: ClientErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? null;
    this.exitCode = EXIT_CODES[code];
  }
}

const EXIT_CODES: Readonly<Record<ClientErrorCode, 1 | 2 | 3>> = {
  temporal_unreachable: 3,
  search_attributes: 1,
  run_not_found: 2,
  no_items: 2,
  run_ended: 1,
  run_not_ended: 1,
  no_answer: 3,
  wrong_pipeline: 2,
  unknown_stage: 2,
  bad_cursor: 2,
  no_store: 2,
  refused: 1,
  no_worker: 1,
  invalid_query: 2,
  run_exists: 1,
  invalid_inputs: 2,
  invalid_range: 2,
  backfill_not_found: 2,
  requirements_not_met: 1,
  holidays_unknown: 2,
  schedule_not_found: 2,
  schedule_conflict: 2,
  missing_package: 1,
  store_shared: 1,
  alert_not_found: 2,
  canary_not_found: 2,
  channel_failed: 1,
  model_not_found: 2,
  version_not_found: 2,
  version_taken: 1,
  version_failed: 1,
  already_live: 1,
  moved_meanwhile: 1,
  nothing_before: 1,
  wrong_artifact: 1,
  bad_request: 2,
  busy: 1,
  temporal: 1,
};
