import { emitKeypressEvents } from 'node:readline';
import type { InputSpec } from '../../../engine/plan.js';
import type { StageResult } from '../../../engine/result.js';
import type { JsonObject } from '../../../shared/json.js';
import type { LogLine } from '../../../storage/log-line.js';
import { jsonOrText } from '../inputs.js';
import type { InputStream } from '../context.js';
import type { WatchEvent } from '../../watch-event.js';
import { approvalText } from '../../render/approval-text.js';
import type { RunHandle } from '../../run-handle.js';
import { type Key, LinePrompt } from './line-prompt.js';

export type WatchKeysOptions = {
  readonly input: InputStream;
  readonly run: Pick<RunHandle, 'approve' | 'reject' | 'cancel' | 'steering' | 'logs' | 'workflowId'>;
  /** Who decides. */
  readonly by: string;
  /** Says something above the drawing. */
  readonly say: (text: string) => void;
  /** Shows the line of keys, or a question, below the drawing. */
  readonly footer: (text: string) => void;
  readonly log: (line: LogLine) => void;
  /** Does what Ctrl-C does: a terminal in raw mode hands it over as a key. */
  readonly interrupt: () => void;
};

/** Takes keys while a run is followed on a terminal, so that people decide where they look. */
export class WatchKeys {
  readonly #options: WatchKeysOptions;
  readonly #stages = new Map<string, StageResult>();
  #selected = 0;
  #prompt: LinePrompt | null = null;
  #isPaused = false;
  #logs: AbortController | null = null;

  constructor(options: WatchKeysOptions) {
    this.#options = options;
    const { input } = options;
    emitKeypressEvents(input);
    input.setRawMode?.(true);
    input.on('keypress', this.#onKey);
    input.resume();
    this.#draw();
  }

  /** Keeps up with the run. */
  see(event: WatchEvent): void {
    if (event.type === 'run_seen') {
      for (const [id, result] of Object.entries(event.status.stages)) this.#stages.set(id, result);
      this.#isPaused = (event.status.paused ?? null) !== null;
    } else if (event.type === 'stage_changed') this.#stages.set(event.stage, event.result);
    this.#draw();
  }

  /** Gives the terminal back. */
  close(): void {
    const { input } = this.#options;
    this.#logs?.abort();
    input.off('keypress', this.#onKey);
    input.setRawMode?.(false);
    input.pause();
    this.#options.footer('');
  }

  readonly #onKey = (text: string | undefined, key: Key): void => {
    if (key.ctrl === true && key.name === 'c') {
      this.close();
      return this.#options.interrupt();
    }
    if (this.#prompt === null) this.#command(key.name ?? text ?? '');
    else this.#prompt.press(text, key);
    this.#draw();
  };

  #command(key: string): void {
    const { run } = this.#options;
    const [stage, result] = this.#current ?? ['', undefined];
    const who = { by: this.#options.by, reason: null };
    switch (key) {
      case 'up':
      case 'down':
        this.#selected += key === 'up' ? -1 : 1;
        return;
      case 'a':
        if (result?.status === 'awaiting_approval') this.#approve(stage, result);
        return;
      case 'x':
        if (result?.status === 'awaiting_approval') this.#reject(stage, result);
        return;
      case 'r':
        if (result?.status === 'held')
          this.#do(`Retried "${stage}".`, run.steering.retryStage({ ...who, stage }));
        return;
      case 's':
        if (result?.status === 'held')
          this.#do(`Skipped "${stage}".`, run.steering.skipStage({ ...who, stage }));
        return;
      case 'c':
        return this.#ask('Cancel the run? y/n', (answer) => {
          if (answer.toLowerCase() === 'y') this.#do('Asked the run to cancel.', run.cancel({ by: who.by }));
        });
      case 'p':
        return this.#pause(who);
      case 'l':
        return this.#toggleLogs();
      default:
    }
  }

  #approve(stage: string, result: StageResult): void {
    this.#show(result);
    const fields = Object.entries(result.approval?.fields ?? {});
    this.#askFields(fields, {}, (values) => {
      this.#ask(
        `Approve "${stage}" as ${this.#options.by}. Comment (Enter sends, Esc leaves):`,
        (comment) => {
          const message = {
            stage,
            as: this.#options.by,
            fields: values,
            ...(comment === '' ? {} : { comment }),
          };
          this.#do(`Approved "${stage}".`, this.#options.run.approve(message));
        },
      );
    });
  }

  #askFields(
    fields: readonly (readonly [string, InputSpec])[],
    values: JsonObject,
    done: (values: JsonObject) => void,
  ): void {
    const [next, ...rest] = fields;
    if (next === undefined) return done(values);
    const [name, { type, description }] = next;
    this.#ask(`${name} (${type}${description === undefined ? '' : `, ${description}`}):`, (answer) => {
      const isText = type === 'string' || type === 'date';
      const given = answer === '' ? {} : { [name]: isText ? answer : jsonOrText(answer) };
      this.#askFields(rest, { ...values, ...given }, done);
    });
  }

  #reject(stage: string, result: StageResult): void {
    this.#show(result);
    this.#ask(`Reject "${stage}" as ${this.#options.by}. Reason (Enter sends, Esc leaves):`, (comment) => {
      this.#do(`Rejected "${stage}".`, this.#options.run.reject({ stage, as: this.#options.by, comment }));
    });
  }

  /** What somebody should have read before they decide. */
  #show(result: StageResult): void {
    const { approval } = result;
    if (approval !== undefined) this.#options.say(approvalText({ ...result, approval }, Date.now()));
  }

  #pause(who: { readonly by: string; readonly reason: null }): void {
    const { steering } = this.#options.run;
    const isPaused = this.#isPaused;
    this.#do(
      isPaused ? 'Unpaused the run.' : 'Paused the run.',
      isPaused ? steering.unpause(who) : steering.pause(who),
      () => {
        this.#isPaused = !isPaused;
      },
    );
  }

  #toggleLogs(): void {
    if (this.#logs !== null) {
      this.#logs.abort();
      this.#logs = null;
      return;
    }
    const logs = new AbortController();
    this.#logs = logs;
    void this.#follow(logs.signal).catch(() => undefined);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for await (const line of this.#options.run.logs({ follow: true, signal })) this.#options.log(line);
  }

  #ask(question: string, done: (answer: string) => void): void {
    this.#prompt = new LinePrompt(question, (answer) => {
      this.#prompt = null;
      if (answer !== null) done(answer);
    });
  }

  #do(done: string, work: Promise<unknown>, then: () => void = () => undefined): void {
    work.then(
      () => {
        then();
        this.#options.say(done);
        this.#draw();
      },
      (error: unknown) => this.#options.say(error instanceof Error ? error.message : String(error)),
    );
  }

  /** The stages that wait for people. */
  get #waiting(): readonly (readonly [string, StageResult])[] {
    return [...this.#stages].filter(([, { status }]) => status === 'awaiting_approval' || status === 'held');
  }

  get #current(): readonly [string, StageResult] | undefined {
    const waiting = this.#waiting;
    const { length } = waiting;
    return waiting[((this.#selected % length) + length) % length];
  }

  #draw(): void {
    this.#options.footer(this.#prompt?.text ?? this.#help());
  }

  #help(): string {
    const current = this.#current;
    const choose = this.#waiting.length > 1 ? '↑↓ choose · ' : '';
    const decide = current?.[1].status === 'held' ? 'r retry · s skip' : 'a approve · x reject';
    const stage = current === undefined ? '' : `${current[0]}: ${decide} · ${choose}`;
    return `${stage}p ${this.#isPaused ? 'unpause' : 'pause'} · l logs · c cancel · Ctrl-C stop following`;
  }
}
