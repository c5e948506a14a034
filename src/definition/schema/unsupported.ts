/** Keys of the language that this version does not have yet, with what they are for. */
export const UNSUPPORTED_TOP_KEYS: Readonly<Record<string, string>> = {
  alerts: 'alerts',
  channels: 'alert channels',
  pools: 'resource pools',
  schedules: 'schedules',
};

export const UNSUPPORTED_STAGE_KEYS: Readonly<Record<string, string>> = {
  approval: 'approvals',
  cache: 'caching',
  canary: 'canary releases',
  fallback: 'fallbacks',
  hold_on_failure: 'holding a failed stage for a person',
  map: 'fan-out over a list',
  pool: 'resource pools',
  pools: 'resource pools',
  undo: 'undoing a stage',
};

/** Unsupported keys that say what a stage does, so that such a stage does have a kind. */
export const UNSUPPORTED_KINDS: ReadonlySet<string> = new Set(['approval', 'canary']);
