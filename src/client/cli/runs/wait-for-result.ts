import type { RunResult } from '../../../engine/result.js';
import type { RunHandle } from '../../run-handle.js';
import type { CliContext } from '../context.js';
import { EXIT } from '../errors.js';

/** The result of a run once it has ended; null, with exit code 130, when a person stops the waiting. */
export async function waitForResult(cli: CliContext, run: RunHandle): Promise<RunResult | null> {
  const { closeTime } = await run.describe();
  if (closeTime === undefined) cli.note(`Waiting for "${run.workflowId}" to end.`);
  const signal = cli.interruption();
  try {
    return await run.result({ signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    cli.exitWith(EXIT.interrupted);
    return null;
  }
}
