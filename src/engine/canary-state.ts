import type { CanaryPhase, CarriedCanary } from './canary.js';
import { isoTime } from './stage-record.js';

const NOTES_KEPT = 50;

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

/** The notes with one more, the oldest left out where there are many. */
export function withNote(
  notes: readonly string[],
  {
    text,
    reason,
    now,
  }: { readonly text: string; readonly reason: string | null | undefined; readonly now: number },
): readonly string[] {
  const why = reason === undefined || reason === null || reason === '' ? '' : `: ${reason}`;
  return [...notes, `${isoTime(now)} ${text}${why}`].slice(-NOTES_KEPT);
}
