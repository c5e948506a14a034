import type { StageFunction, z } from 'sluice';
import { runStage as runAttempt } from 'sluice/testing';

export type Noted = {
  readonly progress: readonly number[];
  readonly warnings: readonly string[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly artifacts: readonly string[];
};

/** Runs one stage function as a worker would: params and output checked, everything it reports noted. */
export async function runStage<P extends z.ZodType, O extends z.ZodType>(
  stage: StageFunction<P, O>,
  params: z.input<P>,
): Promise<{ readonly output: z.output<O>; readonly noted: Noted }> {
  const { output, progress, logs, metrics, artifacts } = await runAttempt(stage, params);
  const noted = {
    progress: progress.map(({ fraction }) => fraction),
    warnings: logs.filter(({ level }) => level === 'warn').map(({ message }) => message),
    metrics,
    artifacts: artifacts.map(({ name }) => name),
  };
  return { output, noted };
}
