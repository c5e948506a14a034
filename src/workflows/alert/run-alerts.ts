import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { alertFacts } from '../../engine/alert-facts.js';
import { alertKey } from '../../engine/alert-event.js';
import type { AlertRule, AlertTrigger } from '../../engine/alert-rule.js';
import type { RunEndStatus } from '../../engine/result.js';
import type { RunFile } from '../../engine/run-result.js';
import { isoTime } from '../../engine/stage-record.js';
import { judgeAlert } from '../../expressions/judge-alert.js';
import type { RunMemory } from '../run-memory.js';
import type { RunNotes } from '../run-notes.js';
import { raiseAlert, resolveAlert } from './raise-alert.js';

type RunAlertsOptions = {
  readonly root: CancellationScope;
  readonly notes: RunNotes;
  readonly memory: RunMemory;
  readonly file: () => RunFile;
};

/** Judges the rules of a definition over its run, and raises what holds. The run waits only until that is recorded. */
export class RunAlerts {
  readonly #rules: readonly AlertRule[];
  readonly #options: RunAlertsOptions;
  readonly #telling = new Set<Promise<void>>();
  readonly #clock: CancellationScope;
  /** Keys that this run has raised already. */
  readonly #raised = new Set<string>();

  constructor(rules: readonly AlertRule[], options: RunAlertsOptions) {
    this.#rules = rules.filter((rule) => rule.by === 'run');
    this.#options = options;
    this.#clock = new CancellationScope({ cancellable: true, parent: options.root });
  }

  /** Looks at the rules again at each moment at which the time alone may make them true. */
  watchDuration(startedAt: number): void {
    const marks = [...new Set(this.#rules.flatMap((rule) => rule.at_minutes ?? []))].sort((a, b) => a - b);
    if (marks.length === 0) return;
    void this.#clock
      .run(async () => {
        for (const minutes of marks) {
          // A moment later, since a rule asks for more than these minutes.
          const left = startedAt + Math.round(minutes * 60_000) + 1 - Date.now();
          // One after the other, since a run seldom lives to see the last.
          // oxlint-disable-next-line no-await-in-loop
          if (left > 0) await sleep(left, { summary: 'an alert looks at the duration' });
          this.#judge(this.#rules.filter((rule) => rule.at_minutes?.includes(minutes) === true));
        }
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  /** Something happened that people may want to know before the run ends. */
  check(trigger: AlertTrigger): void {
    const rules = this.#rules.filter((rule) => rule.also_on?.includes(trigger) === true);
    if (rules.length > 0) this.#judge(rules);
  }

  /** The time of the run is over. */
  release(): void {
    this.#clock.cancel();
  }

  /** Resolves once all that holds is raised, and all that a good run ends is told that it has ended. */
  async end(status: RunEndStatus): Promise<void> {
    this.#judge(this.#rules, status);
    await Promise.all(this.#telling);
  }

  get isTelling(): boolean {
    return this.#telling.size > 0;
  }

  /** `status` is how the run ended; a run that goes on ends no alert. */
  #judge(rules: readonly AlertRule[], status?: RunEndStatus): void {
    const { file, memory, notes } = this.#options;
    const now = Date.now();
    const found = file();
    const facts = alertFacts(status === undefined ? found : { ...found, status, endedAt: now });
    for (const rule of rules) {
      const verdict = judgeAlert(rule, facts, memory.scope);
      if (verdict.firing === null) {
        notes.add(verdict.problem);
        continue;
      }
      const key = alertKey(found.pipeline, rule, verdict.group);
      const at = isoTime(now);
      if (verdict.firing) {
        if (status === undefined && this.#raised.has(key)) continue;
        this.#raised.add(key);
        this.#tell(raiseAlert({ key, rule, message: verdict.message, facts, at, source: 'run' }));
      } else if (status === 'succeeded') {
        this.#tell(resolveAlert({ key, at, reason: `the run ${found.workflowId} succeeded` }));
      }
    }
  }

  /** An alert that cannot be told is no reason for the run to fail. */
  #tell(raised: Promise<void>): void {
    const telling = raised
      .catch((error: unknown) => this.#options.notes.add(`an alert could not be told: ${String(error)}`))
      .then(() => void this.#telling.delete(telling));
    this.#telling.add(telling);
  }
}
