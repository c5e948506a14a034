import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { RunStatus } from '../engine/result.js';

/** `outputs: false` leaves stage outputs out, for watchers that only draw progress. */
export type StatusOptions = { readonly outputs?: boolean };

/** The state of a run, at any time, also after its end. */
export const statusQuery = defineQuery<RunStatus, [StatusOptions?]>('status');

/** Lets running stages end and starts no more; the run ends as cancelled. */
export const cancelAfterWaveSignal = defineSignal('cancel_after_wave');
