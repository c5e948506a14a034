/** When something should have ended: so long after its start, or at an instant. */
export type Deadline = {
  /** Time from the start after which people are alarmed; nothing is stopped. */
  readonly deadline_ms: number | null;
  /** How long before the deadline people are warned. @default a fifth of the time from the start */
  readonly deadline_warn_ms?: number;
  /** ISO 8601, in place of `deadline_ms`. */
  readonly deadline_at?: string | null;
};

/** Where a definition does not say when to warn, this share of the time is left by then. */
const WARN_SHARE = 0.2;

/** True for a plan of a stage or a run that people expect to end in time. */
export function hasDeadline({ deadline_ms, deadline_at }: Deadline): boolean {
  return (deadline_ms ?? null) !== null || (deadline_at ?? null) !== null;
}

/** The deadline of something that started then, and how long before it people are warned; null without one. */
export function deadlineOf(
  { deadline_ms, deadline_warn_ms, deadline_at = null }: Deadline,
  startedAt: number,
): { readonly deadline: number; readonly warnMs: number } | null {
  if (deadline_ms === null && deadline_at === null) return null;
  const deadline = deadline_at === null ? startedAt + (deadline_ms ?? 0) : Date.parse(deadline_at);
  return { deadline, warnMs: deadline_warn_ms ?? Math.max(0, deadline - startedAt) * WARN_SHARE };
}
