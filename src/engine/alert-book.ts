import type { AlertEnd, AlertEvent } from './alert-event.js';
import { isLessSevere } from './alert-rule.js';
import type { AlertNotice, AlertState, AlertView, ChannelRecord, NoticeKind } from './alert-state.js';
import { quietUntil } from './quiet-hours.js';
import { isoTime } from './stage-record.js';

type State = { -readonly [K in keyof AlertState]: AlertState[K] };

/** Messages by which a channel learns of the alert. */
const OPENING: ReadonlySet<NoticeKind> = new Set(['firing', 'escalated']);

const UNTOLD: ChannelRecord = { sent: 0, last_sent_at: null, told: false, error: null };

/** What becomes of one alert: it is told what happened and answers what to send, and when to look again. */
export class AlertBook {
  readonly #state: State;
  /** IDs of the messages that are being sent. */
  readonly #sending = new Set<string>();

  constructor(start: AlertState | AlertEvent) {
    this.#state = 'status' in start ? { ...start } : opened(start);
  }

  /** The rule was found to hold again. What one run finds counts once. */
  fire(event: AlertEvent): void {
    const state = this.#state;
    if (state.status === 'resolved') this.#reopen(event);
    else if (!isSameRun(event, state)) state.count += 1;
    Object.assign(state, { rule: event.rule, message: event.message, facts: event.facts });
    if (event.at > state.last_at) state.last_at = event.at;
  }

  /** What ended before it was found last has come too late. */
  end(end: AlertEnd): void {
    const state = this.#state;
    if (state.status === 'resolved' || (end.by === undefined && end.at < state.last_at)) return;
    const isUnknown = state.status === 'pending';
    state.status = 'resolved';
    state.ended = { at: end.at, reason: end.reason, by: end.by ?? null };
    if (isUnknown) return;
    const untold = this.#waiting().filter(({ kind }) => kind === 'firing');
    const tellsEnd = state.rule.tell_end ?? true;
    // What nobody has read yet is told once, with its end, even where ends are not told.
    this.#drop(tellsEnd ? () => true : ({ kind }) => kind !== 'firing');
    if (!tellsEnd) return;
    const told = Object.keys(state.channels).filter((channel) => this.#isTold(channel));
    for (const channel of new Set([...told, ...untold.map((notice) => notice.channel)])) {
      this.#add('resolved', channel);
    }
  }

  /** Why it cannot be acknowledged; null when it can. */
  refusal(): string | null {
    const { status, acknowledged } = this.#state;
    if (status === 'resolved') return 'the alert has ended';
    return acknowledged === null ? null : `${acknowledged.by} has acknowledged it already`;
  }

  acknowledge(by: string, comment: string | null, now: number): void {
    const state = this.#state;
    if (this.refusal() !== null) return;
    state.acknowledged = { by, at: isoTime(now), comment };
    if (state.status !== 'pending') state.status = 'acknowledged';
    this.#drop(({ kind }) => kind === 'repeated' || kind === 'escalated');
    for (const channel of Object.keys(state.channels)) {
      if (this.#isTold(channel)) this.#add('acknowledged', channel);
    }
  }

  /** Does what is due by now, and gives the messages to send: one for each channel at a time, in their order. */
  advance(now: number): readonly AlertNotice[] {
    this.#open(now);
    this.#escalate(now);
    this.#repeat(now);
    if (this.#heldUntil(now) !== null) return [];
    const busy = new Set(this.#state.outbox.filter(({ id }) => this.#sending.has(id)).map((n) => n.channel));
    const ready = this.#waiting().filter(({ channel }) => busy.size !== busy.add(channel).size);
    for (const { id, kind } of ready) {
      this.#sending.add(id);
      if (kind === 'firing') this.#state.told_at ??= isoTime(now);
    }
    return ready;
  }

  /** A message was sent, or was given up for the reason given. */
  settle({ id, channel, kind }: AlertNotice, error: string | null, now: number): void {
    this.#sending.delete(id);
    this.#state.outbox = this.#state.outbox.filter((notice) => notice.id !== id);
    const before = this.#state.channels[channel] ?? UNTOLD;
    const isOpening = OPENING.has(kind);
    const after =
      error === null
        ? { sent: before.sent + 1, last_sent_at: isoTime(now), told: before.told || isOpening, error: null }
        : { ...before, error };
    this.#state.channels = { ...this.#state.channels, [channel]: after };
    // Whoever could not be told of the alert is not told of what became of it.
    if (!after.told && isOpening)
      this.#drop((other) => other.channel === channel && !OPENING.has(other.kind));
  }

  /** A message that is to be sent again, in another history. */
  putBack({ id }: AlertNotice): void {
    this.#sending.delete(id);
  }

  /** When there is something to do, if nothing happens before; null where only messages are waited for. */
  nextAt(now: number): number | null {
    const held = this.#waiting().length === 0 ? null : this.#heldUntil(now);
    const times = [this.#opensAt(), this.#escalatesAt(), this.#repeatsAt(), held];
    const next = Math.min(...times.map((time) => time ?? Infinity));
    return next === Infinity ? null : next;
  }

  get isOver(): boolean {
    return this.#state.status === 'resolved' && this.#state.outbox.length === 0;
  }

  get isSending(): boolean {
    return this.#sending.size > 0;
  }

  get state(): AlertState {
    return this.#state;
  }

  view(now: number): AlertView {
    const { rule, told_at: _t, repeated_at: _r, outbox: _o, made: _m, ...rest } = this.#state;
    const held = this.#waiting().length === 0 ? null : this.#heldUntil(now);
    return { ...rest, rule: rule.name, when: rule.when, held_until: isoTime(held) };
  }

  /** It was found again before all was sent that is to be sent of its end. */
  #reopen(event: AlertEvent): void {
    const state = this.#state;
    const waiting = this.#waiting();
    const unheard = new Set(waiting.flatMap(({ kind, channel }) => (kind === 'resolved' ? [channel] : [])));
    const told = Object.keys(state.channels).filter((channel) => this.#isTold(channel));
    const isQuiet = state.told_at === null && waiting.length > 0;
    this.#drop(({ kind }) => kind === 'resolved');
    if (!isQuiet && (told.length === 0 || told.some((channel) => !unheard.has(channel)))) {
      Object.assign(state, restarted(event), { channels: mapUntold(state.channels) });
      return;
    }
    // Nobody heard of the end, so it is still the same alert.
    state.ended = null;
    state.status = state.acknowledged === null ? 'firing' : 'acknowledged';
    state.count += isSameRun(event, state) ? 0 : 1;
    if (isQuiet) for (const channel of unheard) this.#add('firing', channel);
  }

  #open(now: number): void {
    const state = this.#state;
    const at = this.#opensAt();
    if (at === null || at > now) return;
    state.status = state.acknowledged === null ? 'firing' : 'acknowledged';
    for (const channel of new Set(state.rule.channels)) this.#add('firing', channel);
  }

  #opensAt(): number | null {
    const { status, rule, count, since } = this.#state;
    if (status !== 'pending' || count < (rule.after_times ?? 1)) return null;
    return Date.parse(since) + (rule.for_ms ?? 0);
  }

  #escalate(now: number): void {
    for (;;) {
      const state = this.#state;
      const step = state.rule.escalate?.[state.escalated];
      const at = this.#escalatesAt();
      if (step === undefined || at === null || at > now) return;
      state.escalated += 1;
      state.severity = step.severity ?? state.severity;
      for (const channel of new Set(step.channels)) this.#add('escalated', channel);
    }
  }

  /** At once where none of the channels took the message. */
  #escalatesAt(): number | null {
    const { status, rule, told_at, escalated } = this.#state;
    const step = rule.escalate?.[escalated];
    if (step === undefined || status !== 'firing' || told_at === null) return null;
    return Date.parse(told_at) + (escalated === 0 && this.#isUnheard() ? 0 : step.after_ms);
  }

  #isUnheard(): boolean {
    const { channels, rule, outbox } = this.#state;
    return outbox.length === 0 && rule.channels.every((name) => (channels[name] ?? UNTOLD).error !== null);
  }

  #repeat(now: number): void {
    const at = this.#repeatsAt();
    if (at === null || at > now) return;
    this.#state.repeated_at = isoTime(now);
    for (const channel of Object.keys(this.#state.channels)) {
      const isQueued = this.#state.outbox.some((notice) => notice.channel === channel);
      if (!isQueued && this.#isTold(channel)) this.#add('repeated', channel);
    }
  }

  #repeatsAt(): number | null {
    const { status, rule, told_at, repeated_at } = this.#state;
    if (rule.repeat_ms === undefined || status !== 'firing' || told_at === null) return null;
    return Date.parse(repeated_at ?? told_at) + rule.repeat_ms;
  }

  #heldUntil(now: number): number | null {
    const { rule, severity } = this.#state;
    const quiet = rule.quiet_hours;
    if (quiet === undefined || !isLessSevere(severity, quiet.below)) return null;
    return quietUntil(quiet, now);
  }

  /** It knows of the alert, or is about to. */
  #isTold(channel: string): boolean {
    if (this.#state.channels[channel]?.told === true) return true;
    return this.#state.outbox.some(
      ({ id, kind, ...notice }) => notice.channel === channel && this.#sending.has(id) && OPENING.has(kind),
    );
  }

  #waiting(): readonly AlertNotice[] {
    return this.#state.outbox.filter(({ id }) => !this.#sending.has(id));
  }

  #add(kind: NoticeKind, channel: string): void {
    const state = this.#state;
    state.made += 1;
    const id = `${state.key}@${Date.parse(state.since)}#${state.made}`;
    state.outbox = [...state.outbox, { id, channel, kind }];
    state.channels = { [channel]: UNTOLD, ...state.channels };
  }

  /** Takes messages back that nobody has begun to send. */
  #drop(isMeant: (notice: AlertNotice) => boolean): void {
    this.#state.outbox = this.#state.outbox.filter(
      (notice) => this.#sending.has(notice.id) || !isMeant(notice),
    );
  }
}

function opened(event: AlertEvent): State {
  return {
    ...restarted(event),
    key: event.key,
    rule: event.rule,
    source: event.source,
    message: event.message,
    facts: event.facts,
    last_at: event.at,
    channels: {},
    outbox: [],
    made: 0,
  };
}

/** An alert that begins, or begins again after people were told of its end. */
function restarted(event: AlertEvent) {
  return {
    status: 'pending',
    severity: event.rule.severity,
    since: event.at,
    count: 1,
    escalated: 0,
    acknowledged: null,
    ended: null,
    told_at: null,
    repeated_at: null,
  } as const;
}

function mapUntold(channels: State['channels']): State['channels'] {
  return Object.fromEntries(
    Object.entries(channels).map(([name, record]) => [name, { ...record, told: false }]),
  );
}

function isSameRun({ facts }: AlertEvent, state: AlertState): boolean {
  return facts.run_id !== undefined && facts.run_id === state.facts.run_id;
}
