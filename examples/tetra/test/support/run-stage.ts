import type { StageContext, StageFunction, z } from 'sluice';

export type Noted = {
  readonly progress: number[];
  readonly warnings: string[];
  readonly metrics: Record<string, number>;
  readonly artifacts: string[];
};

/** Runs one stage function as a worker would: params and output checked, everything it reports noted. */
export async function runStage<P extends z.ZodType, O extends z.ZodType>(
  stage: StageFunction<P, O>,
  params: z.input<P>,
): Promise<{ readonly output: z.output<O>; readonly noted: Noted }> {
  const noted: Noted = { progress: [], warnings: [], metrics: {}, artifacts: [] };
  const output = await stage.run({ params: stage.params.parse(params), ctx: fakeContext(noted) });
  return { output: stage.output.parse(output), noted };
}

function fakeContext(noted: Noted): StageContext {
  const started = '2026-01-01T00:00:00.000Z';
  const silent = (): void => undefined;
  return {
    run: {
      id: 'run',
      workflow_id: 'market-data/test',
      pipeline: 'market-data',
      version: '1.0.0',
      mode: null,
      attempt: 1,
      started_at: started,
      scheduled_at: started,
    },
    stage: { id: 'stage', name: 'Stage' },
    attempt: 1,
    idempotencyKey: 'run/stage',
    signal: new AbortController().signal,
    log: { debug: silent, info: silent, warn: (message) => noted.warnings.push(message), error: silent },
    progress: (fraction) => noted.progress.push(fraction),
    checkpoint: silent,
    lastCheckpoint: undefined,
    state: { get: () => undefined, set: silent },
    metrics: {
      add: (name, amount) => {
        noted.metrics[name] = (noted.metrics[name] ?? 0) + amount;
      },
    },
    artifacts: {
      write: async (name) => {
        noted.artifacts.push(name);
        return { name, sha256: '', size_bytes: 0 };
      },
      read: () => Promise.reject(new Error('There are no artifacts to read here.')),
      lines: () => {
        throw new Error('There are no artifacts to read here.');
      },
    },
    secrets: {
      get: (name) => {
        throw new Error(`No secret "${name}" here.`);
      },
    },
  };
}
