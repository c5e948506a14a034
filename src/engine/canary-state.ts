import type { CanaryPhase, CarriedCanary } from './canary.js';

/** A canary before its first step. */
export function newCanary(now: number): CarriedCanary {
  return {
    started_at: now,
    phase: 'shifting',
    step: 0,
    weight: null,
    was_touched: false,
    soak_left_ms: 0,
    soaking_since: null,
    next_evaluation_at: null,
    inconclusive_since: null,
    question: null,
    decision: null,
    at_once: false,
    paused: null,
    run_paused: null,
    steps: [],
    notes: [],
  };
}

/** True when nothing follows. */
export function isOver(phase: CanaryPhase): boolean {
  return phase === 'promoted' || phase === 'rolled_back' || phase === 'rollback_failed';
}

/** How much of the soak of the step is left. */
export function soakLeftMs({ soak_left_ms, soaking_since }: CarriedCanary, now: number): number {
  return Math.max(0, soak_left_ms - (soaking_since === null ? 0 : now - soaking_since));
}
