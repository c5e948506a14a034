import { Context } from '@temporalio/activity';
import type { StageTask } from '../../src/shared/task.js';
import type { FakeStage } from './workflow-rig.js';

/** Stages whose ends the test decides. */
export function controlledStage() {
  const started = new Map<string, () => void>();
  const arrivals = new Map<string, Promise<void>>();
  const arrival = (id: string): Promise<void> => {
    let promise = arrivals.get(id);
    if (promise === undefined) {
      promise = new Promise<void>((resolve) => started.set(id, resolve));
      arrivals.set(id, promise);
    }
    return promise;
  };
  const ends = new Map<string, () => void>();
  const hang: FakeStage = async (task: StageTask) => {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), 50);
    void arrival(task.stage.id);
    started.get(task.stage.id)?.();
    try {
      await Promise.race([
        new Promise<void>((resolve) => ends.set(task.stage.id, resolve)),
        context.cancelled,
      ]);
    } finally {
      clearInterval(beat);
    }
    return { output: task.stage.id };
  };
  return { hang, arrival, end: (id: string) => ends.get(id)?.() };
}
