import { defineSignal } from '@temporalio/workflow';
import type { AlertEnd, AlertEvent } from '../../engine/alert-event.js';

/** Tells an open alert that its rule was found to hold again. */
export const alertFiringSignal = defineSignal<[AlertEvent]>('alert_firing');

/** Tells an open alert that its condition has ended. */
export const alertEndedSignal = defineSignal<[AlertEnd]>('alert_ended');
