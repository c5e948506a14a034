import type { JournalPage } from '../../engine/run-journal.js';
import type { EventError } from './run-event.js';

/**
 * What one event of a run's history says about its stages; `id` is its place in the history. Times are milliseconds
 * since the epoch.
 *
 * - `began`: the execution started; `firstRunId` is the run that it belongs to.
 * - `decided`: the run's worker finished a workflow task, whose commands follow.
 * - `scheduled`: an activity waits for a worker; a stage's own has the ID of the stage.
 * - `attempt`: the last attempt of an activity began. Temporal writes it down when the activity closes.
 * - `succeeded`, `closed`: an activity ended, well or otherwise.
 * - `child`: a stage runs another pipeline, whose run began.
 * - `journal`: what the run wrote about a workflow task.
 * - `continued`: the run goes on in a new history.
 * - `ended`: the run is over.
 */
export type Fact = { readonly id: number; readonly at: number } & (
  | {
      readonly kind: 'began';
      readonly pipeline: string;
      readonly workflowId: string;
      readonly firstRunId: string;
      readonly isFirst: boolean;
    }
  | { readonly kind: 'decided' }
  | { readonly kind: 'scheduled'; readonly activityId: string }
  | {
      readonly kind: 'attempt';
      readonly scheduledId: number;
      readonly attempt: number;
      /** Why the attempt before it failed. */
      readonly error: EventError | null;
    }
  | { readonly kind: 'succeeded'; readonly scheduledId: number }
  | { readonly kind: 'closed'; readonly scheduledId: number; readonly error: EventError | null }
  | {
      readonly kind: 'child';
      readonly stage: string;
      readonly pipeline: string;
      readonly workflowId: string;
      readonly runId: string;
    }
  | { readonly kind: 'journal'; readonly page: JournalPage }
  | { readonly kind: 'continued'; readonly runId: string }
  | { readonly kind: 'ended' }
);
