import { setTimeout as delay } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { DecisionOptions } from '../client/approvals/decision.js';
import { ClientError } from '../client/client-error.js';
import type { RunHandle } from '../client/run-handle.js';
import type { RunSteering } from '../client/run-steering.js';
import { unknownStage } from '../client/unknown-stage.js';
import type { RunStatus, StageStatus } from '../engine/result.js';
import { parseDuration } from '../shared/duration.js';
import { nextTimer } from './next-timer.js';
import type { Work } from './work.js';

/** Between two looks at a run that is at work. */
const LOOK_MS = 10;

/** What a look skips when nothing says when something will happen. */
const STEP_MS = 1000;

/** Longest wait in the run's own time, which is what a stage could take. */
const LONGEST_WAIT_MS = 366 * 24 * 3_600_000;

/**
 * A run while its test goes on. Its clock stands still but for what the test skips: nothing times out between two steps
 * of a test.
 */
export class TestRun {
  readonly #env: TestWorkflowEnvironment;
  readonly #handle: RunHandle;

  readonly #work: Work;

  constructor(env: TestWorkflowEnvironment, handle: RunHandle, work: Work) {
    this.#env = env;
    this.#handle = handle;
    this.#work = work;
  }

  /** Everything that people may do to a run: pause it, retry, skip or fail a held stage, change variables and params. */
  get steering(): RunSteering {
    return this.#handle.steering;
  }

  /** The state of the run now. */
  async status(): Promise<RunStatus> {
    return this.#handle.query({}, await this.#handle.describe());
  }

  /** The time on the run's clock. */
  async now(): Promise<Date> {
    return new Date(await this.#env.currentTimeMs());
  }

  /** Lets so much time pass for the run: timers ring and attempts follow, in their order. */
  async advance(duration: string | number): Promise<void> {
    const ms = parseDuration(duration);
    if (ms === null)
      throw new TypeError(`"${duration}" is not a duration. Write "90s", "1h30m" or a number of seconds.`);
    await this.#env.sleep(ms);
  }

  /**
   * Skips time until a stage has this status, such as `awaiting_approval`, `held` or `running`, and no longer: what waits
   * then has not begun to time out. Throws when the run ends, or the stage does, without coming to it.
   */
  async until(stage: string, status: StageStatus): Promise<RunStatus> {
    const end = (await this.#env.currentTimeMs()) + LONGEST_WAIT_MS;
    for (;;) {
      const run = await this.status();
      const found = run.stages[stage] ?? run.hooks[stage];
      if (found === undefined) throw unknownStage('The run', stage, Object.keys(run.stages));
      if (found.status === status) return run;
      if (run.ended_at !== null || found.ended_at !== null) throw missed(stage, status, found.status, run);
      if ((await this.#env.currentTimeMs()) > end) throw missed(stage, status, found.status, run);
      await this.#pass();
    }
  }

  /** Approves a stage that waits for approval. */
  async approve(decision: DecisionOptions): Promise<void> {
    await this.#handle.approve(decision);
  }

  /** Rejects a stage that waits for approval; needs a comment. */
  async reject(decision: DecisionOptions): Promise<void> {
    await this.#handle.reject(decision);
  }

  /** Cancels the run; `finally` still runs. */
  async cancel(
    options: { readonly afterWave?: boolean; readonly by?: string; readonly reason?: string } = {},
  ): Promise<void> {
    await this.#handle.cancel(options);
  }

  /** Sends a signal, as `temporal workflow signal` would. */
  async signal(name: string, ...args: readonly unknown[]): Promise<void> {
    const { client } = this.#env;
    await client.workflow.getHandle(this.#handle.workflowId).signal(name, ...args);
  }

  /** Waits a moment for what is at work, or skips to the next moment at which something happens. */
  async #pass(): Promise<void> {
    if (this.#work.isGoingOn) return delay(LOOK_MS);
    const due = await nextTimer(this.#env.client, this.#handle.workflowId);
    if (due === 'busy') return delay(LOOK_MS);
    const wait = due === null ? 0 : due - (await this.#env.currentTimeMs());
    await this.#env.sleep(wait > 0 ? wait : STEP_MS);
  }
}

function missed(stage: string, wanted: StageStatus, found: StageStatus, run: RunStatus): ClientError {
  const reason = run.error === null ? '' : ` ${run.error.message}`;
  return new ClientError(
    'refused',
    `Stage "${stage}" never came to be ${wanted}: it is ${found}, and the run is ${run.status}.${reason}`,
  );
}
