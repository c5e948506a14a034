import type { RunStatus, StageResult } from '../engine/result.js';

/** What ran after the stages of a run had ended, by ID: what was undone as `STAGE.undo`, then the hooks. */
export function stagesAfterEnd(
  run: Pick<RunStatus, 'hooks' | 'undone'>,
): Readonly<Record<string, StageResult>> {
  if (run.undone === undefined) return run.hooks;
  const undone = Object.entries(run.undone).map(([id, result]) => [`${id}.undo`, result] as const);
  return { ...Object.fromEntries(undone), ...run.hooks };
}
