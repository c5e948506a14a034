import { assertNever } from '../../shared/assert-never.js';
import type { WatchEvent } from '../watch-event.js';
import { formatLogLine } from './log-text.js';
import { oneLine } from './printable.js';
import type { Colours, Renderer } from './renderer.js';
import { RunModel, type StageView } from './run-model.js';
import { duration, errorWords, retryWords, stageWords, statusColour, statusSign } from './wording.js';

const ITEM_LINES_MS = 5_000;

export type LineOptions = {
  readonly write: (line: string) => void;
  readonly colours: Colours;
  /** @default the real time */
  readonly clock?: () => number;
};

/** One line per event, for pipes and logs of a CI server. Times are counted from the start of the run. */
export class LineRenderer implements Renderer {
  readonly #options: LineOptions;
  readonly #model = new RunModel();
  readonly #toldRetries = new Set<string>();
  /** When the items of a map were last told of. */
  readonly #toldItems = new Map<string, number>();

  constructor(options: LineOptions) {
    this.#options = options;
  }

  show(event: WatchEvent): void {
    this.#model.apply(event);
    switch (event.type) {
      case 'run_seen':
        this.#tellRun(event.status);
        return;
      case 'stage_changed':
        this.#tellStage(this.#model.stages.get(event.stage));
        return;
      case 'stage_retry':
        this.#tellRetry(event);
        return;
      case 'note':
        this.#line(`! ${oneLine(event.text)}`);
        return;
      case 'log':
        this.#options.write(formatLogLine(event.line, this.#options.colours));
        return;
      case 'quiet':
        this.#line(
          event.who === 'worker'
            ? '! no worker answers at the moment'
            : '! the Temporal server does not answer',
        );
        return;
      case 'run_ended':
        this.#tellEnd(event);
        return;
      case 'items_waiting':
        // The progress of their map counts them.
        return;
      case 'stage_progress':
        this.#tellItems(event.stage, event.progress.message);
        return;
      default:
        assertNever(event);
    }
  }

  say(text: string): void {
    this.#options.write(text);
  }

  /** Lines of a log cannot be replaced. */
  footer(): void {}

  close(): void {}

  #tellRun(status: Extract<WatchEvent, { type: 'run_seen' }>['status']): void {
    this.#line(`${oneLine(status.pipeline)} ${oneLine(status.version)} · ${oneLine(status.workflow_id)}`, 0);
    // When they were noted is not known.
    for (const note of status.notes) this.#options.write(`${' '.repeat(7)}  ! ${oneLine(note)}`);
    const begun = [...this.#model.stages.values()].filter(({ result }) => result.status !== 'pending');
    begun.sort((a, b) => timeOf(a).localeCompare(timeOf(b)));
    for (const stage of begun) this.#tellStage(stage);
  }

  #tellStage(stage: StageView | undefined): void {
    if (stage === undefined || stage.result.status === 'pending') return;
    const { result } = stage;
    const sign = statusColour(result.status, this.#options.colours)(statusSign(result.status));
    const at = Date.parse(timeOf(stage));
    this.#line(
      `${sign} ${oneLine(stage.id)} ${stageWords(result)}`,
      Number.isNaN(at) ? undefined : at - this.#startedAt(),
    );
  }

  /** Told once per attempt, when its wait begins. */
  #tellRetry({ stage, retry }: Extract<WatchEvent, { type: 'stage_retry' }>): void {
    const key = `${stage} ${retry.attempt}`;
    if (this.#toldRetries.has(key)) return;
    this.#toldRetries.add(key);
    const sign = this.#options.colours.yellow('↻');
    this.#line(`${sign} ${oneLine(stage)} ${retryWords(retry, this.#now())}`);
  }

  /** How far a map or a canary is, now and then: lines stay, unlike a bar. */
  #tellItems(stage: string, words: string | null): void {
    const { items, kind } = this.#model.stages.get(stage)?.result ?? {};
    if ((items === undefined && kind !== 'canary') || words === null) return;
    const now = this.#now();
    if (now - (this.#toldItems.get(stage) ?? Number.NEGATIVE_INFINITY) < ITEM_LINES_MS) return;
    this.#toldItems.set(stage, now);
    this.#line(`${this.#options.colours.cyan('▶')} ${oneLine(stage)} ${words}`);
  }

  #tellEnd({ result }: Extract<WatchEvent, { type: 'run_ended' }>): void {
    const sign = statusColour(result.status, this.#options.colours)(statusSign(result.status));
    const why = result.error === null ? '' : `: ${errorWords(result.error)}`;
    const words = result.status === 'timed_out' ? 'timed out' : result.status;
    const took = duration(result.total_duration_ms);
    this.#line(`${sign} ${oneLine(result.pipeline)} ${words} in ${took}${why}`, result.total_duration_ms);
  }

  #line(text: string, sinceStartMs: number = this.#now() - this.#startedAt()): void {
    const time = duration(Math.max(0, sinceStartMs)).padStart(7);
    this.#options.write(`${this.#options.colours.dim(time)}  ${text}`);
  }

  #now(): number {
    return (this.#options.clock ?? Date.now)();
  }

  #startedAt(): number {
    const { run } = this.#model;
    return run === null ? this.#now() : Date.parse(run.started_at);
  }
}

function timeOf({ result }: StageView): string {
  return result.ended_at ?? result.started_at ?? '';
}
