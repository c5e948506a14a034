import type { Attempt } from './attempt.js';
import { validationFailure } from './failure.js';
import type { Produced } from './run-attempt.js';

/** Runs stage functions that block the event loop, away from the one that heartbeats for them. */
export interface StageThreads {
  run(stage: string, attempt: Attempt): Promise<Produced>;
}

/** Runs a stage function in a thread; throws a `ValidationError` on a worker that has none. */
export function runInThread(
  stage: string,
  attempt: Attempt,
  deps: { readonly threads?: StageThreads },
): Promise<Produced> {
  if (deps.threads !== undefined) return deps.threads.run(stage, attempt);
  throw validationFailure(
    `"${stage}" cannot run with \`isolation: thread\` here: its worker was configured in code, and a thread can load only a configuration file.`,
  );
}
