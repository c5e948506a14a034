/** Keys of the language that this version does not have yet. They are refused, never ignored. */
export const UNSUPPORTED_TOP_KEYS: ReadonlySet<string> = new Set([]);

export const UNSUPPORTED_STAGE_KEYS: ReadonlySet<string> = new Set(['canary']);

/** Unsupported keys that say what a stage does, so that such a stage does have a kind. */
export const UNSUPPORTED_KINDS: ReadonlySet<string> = new Set(['canary']);
