import type { Client } from '@temporalio/client';
import type { Plan } from '../../engine/plan.js';
import { assertNever } from '../../shared/assert-never.js';
import { groupHolder } from '../group-holder.js';
import { requirementStates } from '../requirements.js';
import { hasWorker } from '../task-queue.js';

/**
 * What a run needs before it can start:
 * - `requires`: a pipeline or a dataset that must be there.
 * - `concurrency`: its group.
 * - `worker`: a worker at a task queue.
 * - `secret`: an environment variable of the worker.
 * - `mode`: that the mode exists.
 */
export type CheckKind = 'requires' | 'concurrency' | 'worker' | 'secret' | 'mode';

export type PipelineCheck = {
  readonly check: CheckKind;
  /** What it is about: a pipeline or a dataset, a group, a task queue, a name. */
  readonly subject: string;
  /** Null where nobody can tell from here; that keeps nothing from running. */
  readonly ok: boolean | null;
  /** One sentence. */
  readonly message: string;
};

export type PipelineVerdict = {
  readonly pipeline: string;
  readonly version: string;
  readonly mode: string | null;
  readonly can_run: boolean;
  readonly checks: readonly PipelineCheck[];
};

export type CheckOptions = {
  readonly mode?: string | null;
  readonly taskQueue: string;
  /**
   * The environment of the worker that a run would get with the command that starts it; null where workers are elsewhere
   * and their environment is unknown.
   */
  readonly ownWorker: Readonly<Record<string, string | undefined>> | null;
};

/** Finds out whether a run of this plan could start now, and what keeps it from doing so. Changes nothing. */
export async function checkPipeline(
  client: Client,
  plan: Plan,
  options: CheckOptions,
): Promise<PipelineVerdict> {
  const { mode = null } = options;
  const [requires, group, workers] = await Promise.all([
    checkRequires(client, plan),
    checkGroup(client, plan),
    checkWorkers(client, plan, options),
  ]);
  const checks = [
    ...checkMode(plan, mode),
    ...requires,
    ...group,
    ...workers,
    ...checkSecrets(plan, options),
  ];
  const can_run = checks.every(({ ok }) => ok !== false);
  return { pipeline: plan.pipeline, version: plan.version, mode, can_run, checks };
}

function checkMode({ modes }: Plan, mode: string | null): readonly PipelineCheck[] {
  if (mode === null) return [];
  const known = Object.keys(modes);
  const ok = known.includes(mode);
  const names = known.length === 0 ? 'The pipeline has no modes.' : `Modes: ${known.join(', ')}.`;
  const message = ok ? `The mode "${mode}" exists.` : `The mode "${mode}" does not exist. ${names}`;
  return [{ check: 'mode', subject: mode, ok, message }];
}

async function checkRequires(client: Client, { requires }: Plan): Promise<readonly PipelineCheck[]> {
  const states = await requirementStates(client, requires);
  return states.map((state) => ({
    check: 'requires',
    subject: 'dataset' in state ? state.dataset : state.pipeline,
    ok: state.met,
    message: sentence(state.message),
  }));
}

async function checkGroup(client: Client, { concurrency }: Plan): Promise<readonly PipelineCheck[]> {
  if (concurrency === null) return [];
  const { group, on_conflict } = concurrency;
  const holder = await groupHolder(client, group);
  const about = { check: 'concurrency', subject: group } as const;
  if (holder === null) return [{ ...about, ok: true, message: `The concurrency group "${group}" is free.` }];
  const held = `"${holder.workflow_id}" holds the concurrency group "${group}"`;
  switch (on_conflict) {
    case 'reject':
      return [{ ...about, ok: false, message: `${held}; a run would be refused.` }];
    case 'queue':
      return [{ ...about, ok: true, message: `${held}; a run would wait for it to end.` }];
    case 'cancel_running':
      return [{ ...about, ok: true, message: `${held}; a run would cancel it.` }];
    default:
      return assertNever(on_conflict);
  }
}

async function checkWorkers(
  client: Client,
  plan: Plan,
  { taskQueue, ownWorker }: CheckOptions,
): Promise<readonly PipelineCheck[]> {
  const queues = new Set([taskQueue, ...plan.stages.flatMap(({ task_queue }) => task_queue ?? [])]);
  return Promise.all(
    [...queues].map(async (subject): Promise<PipelineCheck> => {
      const isPolled = await hasWorker(client, subject);
      const about = { check: 'worker', subject } as const;
      if (isPolled) return { ...about, ok: true, message: `A worker polls the task queue "${subject}".` };
      if (ownWorker !== null && subject === taskQueue) {
        return {
          ...about,
          ok: true,
          message: `"sluice run" starts a worker for the task queue "${subject}".`,
        };
      }
      const message = `No worker polls the task queue "${subject}"; start one with sluice worker.`;
      return { ...about, ok: false, message };
    }),
  );
}

function checkSecrets({ secrets }: Plan, { ownWorker }: CheckOptions): readonly PipelineCheck[] {
  return secrets.map((subject) => {
    if (ownWorker === null) {
      const message = `Whether the workers have the secret "${subject}" is known to them alone.`;
      return { check: 'secret', subject, ok: null, message };
    }
    const ok = (ownWorker[subject] ?? '') !== '';
    const message = ok ? `The secret "${subject}" is set.` : `The environment has no secret "${subject}".`;
    return { check: 'secret', subject, ok, message };
  });
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
