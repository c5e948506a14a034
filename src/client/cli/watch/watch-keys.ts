import { emitKeypressEvents } from 'node:readline';
import type { Approval } from '../../../engine/approval.js';
import type { InputSpec } from '../../../engine/plan.js';
import type { StageResult } from '../../../engine/result.js';
import type { AwaitedStage } from '../../../shared/awaited.js';
import { itemNamed } from '../../../shared/item-name.js';
import type { JsonObject } from '../../../shared/json.js';
import type { LogLine } from '../../../storage/log-line.js';
import { jsonOrText } from '../inputs.js';
import type { InputStream } from '../context.js';
import type { WaitingItems, WatchEvent } from '../../watch-event.js';
import { approvalText } from '../../render/approval-text.js';
import type { RunHandle } from '../../run-handle.js';
import { type Key, LinePrompt } from './line-prompt.js';

export type WatchKeysOptions = {
  readonly input: InputStream;
  readonly run: Pick<
    RunHandle,
    'approve' | 'reject' | 'cancel' | 'steering' | 'logs' | 'status' | 'workflowId'
  >;
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

/** What waits for people; `stage` is undefined for an item of a map, and for a stage in one. */
type Waiting = {
  readonly name: string;
  readonly kind: AwaitedStage['kind'];
  readonly stage: StageResult | undefined;
};

/** Takes keys while a run is followed on a terminal, so that people decide where they look. */
export class WatchKeys {
  readonly #options: WatchKeysOptions;
  readonly #stages = new Map<string, StageResult>();
  #items: WaitingItems = new Map();
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
    else if (event.type === 'items_waiting') this.#items = event.items;
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
    const { name, kind, stage } = this.#current ?? { name: '' };
    const who = { by: this.#options.by, reason: null };
    switch (key) {
      case 'up':
      case 'down':
        this.#selected += key === 'up' ? -1 : 1;
        return;
      case 'a':
        if (kind === 'approval') this.#decide(name, stage, (approval) => this.#approve(name, approval));
        return;
      case 'x':
        if (kind === 'approval') this.#decide(name, stage, () => this.#reject(name));
        return;
      case 'r':
        if (kind === 'held')
          this.#do(`Retried "${name}".`, run.steering.retryStage({ ...who, ...itemNamed(name) }));
        return;
      case 's':
        if (kind === 'held')
          this.#do(`Skipped "${name}".`, run.steering.skipStage({ ...who, ...itemNamed(name) }));
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

  /** Shows what somebody should have read before they decide; of items only the run itself knows it. */
  #decide(name: string, stage: StageResult | undefined, then: (approval: Approval) => void): void {
    const ask = (approval: Approval | undefined): void => {
      if (approval === undefined) return this.#options.say(`"${name}" does not wait for approval any more.`);
      this.#options.say(approvalText({ status: 'awaiting_approval', approval }, Date.now()));
      then(approval);
      this.#draw();
    };
    if (stage !== undefined) return ask(stage.approval);
    this.#options.run.status({ outputs: false }).then(
      ({ item_approvals = {} }) => ask(item_approvals[name]),
      (error: unknown) => this.#options.say(error instanceof Error ? error.message : String(error)),
    );
  }

  #approve(stage: string, approval: Approval): void {
    const fields = Object.entries(approval.fields);
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

  #reject(stage: string): void {
    this.#ask(`Reject "${stage}" as ${this.#options.by}. Reason (Enter sends, Esc leaves):`, (comment) => {
      this.#do(`Rejected "${stage}".`, this.#options.run.reject({ stage, as: this.#options.by, comment }));
    });
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

  /** The stages that wait for people, then items of maps and stages in them. */
  get #waiting(): readonly Waiting[] {
    const stages = [...this.#stages].flatMap(([name, stage]): Waiting[] => {
      if (stage.status === 'held') return [{ name, kind: 'held', stage }];
      return stage.status === 'awaiting_approval' ? [{ name, kind: 'approval', stage }] : [];
    });
    const items = [...this.#items].map(([name, { kind }]): Waiting => ({ name, kind, stage: undefined }));
    return [...stages, ...items];
  }

  get #current(): Waiting | undefined {
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
    const decide = current?.kind === 'held' ? 'r retry · s skip' : 'a approve · x reject';
    const stage = current === undefined ? '' : `${current.name}: ${decide} · ${choose}`;
    return `${stage}p ${this.#isPaused ? 'unpause' : 'pause'} · l logs · c cancel · Ctrl-C stop following`;
  }
}
