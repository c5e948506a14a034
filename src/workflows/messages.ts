import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { RunStatus } from '../engine/result.js';

/**
 * `outputs: false` leaves stage outputs out, for watchers that only draw progress. `since`, an instant, leaves out the
 * stages that neither started nor ended from then on, so that watching a run of thousands costs little.
 */
export type StatusOptions = { readonly outputs?: boolean; readonly since?: string };

/** The state of a run, at any time, also after its end. */
export const statusQuery = defineQuery<RunStatus, [StatusOptions?]>('status');

/** Lets running stages end and starts no more; the run ends as cancelled. */
export const cancelAfterWaveSignal = defineSignal('cancel_after_wave');
