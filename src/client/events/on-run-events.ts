import type { RunEvent } from './run-event.js';

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** What to do at the events of a run. Each is awaited before the next event is read. */
export type RunEventHandlers = {
  readonly onStageStart?: (event: Of<'stage_started'>) => void | Promise<void>;
  /** The stage has its final status, whatever that is. */
  readonly onStageComplete?: (event: Of<'stage_completed'>) => void | Promise<void>;
  /** An attempt failed; `will_retry` tells whether another one follows. */
  readonly onStageError?: (event: Of<'stage_error'>) => void | Promise<void>;
  readonly onWave?: (event: Of<'wave'>) => void | Promise<void>;
  readonly onRunEnd?: (event: Of<'run_ended'>) => void | Promise<void>;
  /** Every event, after the handler of its kind: whoever keeps its cursor goes on after what was handled. */
  readonly onEvent?: (event: RunEvent) => void | Promise<void>;
};

/**
 * Calls handlers for the events of a run, in order, until the last one. A handler that throws ends it with that error;
 * the run goes on.
 */
export async function onRunEvents(
  events: AsyncIterable<RunEvent>,
  handlers: RunEventHandlers,
): Promise<void> {
  for await (const event of events) {
    await handle(event, handlers);
    await handlers.onEvent?.(event);
  }
}

async function handle(event: RunEvent, handlers: RunEventHandlers): Promise<void> {
  switch (event.type) {
    case 'stage_started':
      return handlers.onStageStart?.(event);
    case 'stage_completed':
      return handlers.onStageComplete?.(event);
    case 'stage_error':
      return handlers.onStageError?.(event);
    case 'wave':
      return handlers.onWave?.(event);
    case 'run_ended':
      return handlers.onRunEnd?.(event);
    default:
      // The other kinds have no handler of their own.
      return undefined;
  }
}
