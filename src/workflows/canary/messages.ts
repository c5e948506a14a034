import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Decision } from '../../engine/approval.js';
import type { CanaryReport, CanaryView } from '../../engine/canary.js';
import type { Paused, Steer } from '../../engine/steering.js';

/** How a canary stands, with all of its past. */
export type CanaryStatus = CanaryReport & Pick<CanaryView, 'step' | 'soak_left_ms' | 'waits_for'>;

/** At any time, also after its end. */
export const canaryStatusQuery = defineQuery<CanaryStatus>('canary_status');

export type PromoteMessage = Steer & {
  /** Only takes the present step as passed. @default false */
  readonly step?: boolean;
};

/** Sends all traffic to the candidate now. */
export const promoteUpdate = defineUpdate<CanaryView, [PromoteMessage]>('promote');
export const promoteSignal = defineSignal<[PromoteMessage]>('promote');

/** Sends all traffic to the baseline now. */
export const abortUpdate = defineUpdate<CanaryView, [Steer]>('abort');
export const abortSignal = defineSignal<[Steer]>('abort');

/** Ends no step and promotes nothing until it is resumed; it goes on measuring, and a breach is rolled back. */
export const pauseCanaryUpdate = defineUpdate<CanaryView, [Steer]>('pause');

/** Goes on after a pause, and measures a step again that people are asked about. */
export const resumeUpdate = defineUpdate<CanaryView, [Steer]>('resume');
export const resumeSignal = defineSignal<[Steer]>('resume');

/** Sent by the run that a canary belongs to, which was paused or goes on. */
export const runPausedSignal = defineSignal<[{ readonly paused: Paused | null }]>('run_paused');

/** Sent by the run that a canary belongs to: what people decided about its question. */
export const decidedSignal = defineSignal<[CanaryDecided]>('decided');

export type CanaryDecided = Steer & { readonly decision: Decision };

/** Sent by a canary to the run that it belongs to. */
export const canaryProgressSignal = defineSignal<[CanaryProgress]>('canary_progress');

export type CanaryProgress = {
  readonly stage: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly view: CanaryView;
};
