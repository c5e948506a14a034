/** The argument of the activity that waits for the end of another run. */
export type RunEndTask = { readonly workflow_id: string };

/** How that run ended; `unknown` when the server has no such run any more. */
export type RunEndAnswer = { readonly status: 'succeeded' | 'ended' | 'unknown' };
