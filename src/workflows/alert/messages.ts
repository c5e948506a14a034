import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AlertEnd, AlertEvent } from '../../engine/alert-event.js';
import type { AlertView } from '../../engine/alert-state.js';

/** Tells an open alert that its rule was found to hold again. */
export const alertFiringSignal = defineSignal<[AlertEvent]>('alert_firing');

/** Tells an open alert that its condition has ended, or that a person closes it. */
export const alertEndedSignal = defineSignal<[AlertEnd]>('alert_ended');

/** A person looks after an alert: it is not told again and does not escalate. */
export const acknowledgeUpdate = defineUpdate<AlertView, [AcknowledgeMessage]>('acknowledge');

/** What the update would refuse changes nothing. */
export const acknowledgeSignal = defineSignal<[AcknowledgeMessage]>('acknowledge');

export type AcknowledgeMessage = { readonly by: string; readonly comment?: string | null };

/** How an alert stands. */
export const alertQuery = defineQuery<AlertView>('alert');
