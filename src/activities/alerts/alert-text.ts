import type { AlertView } from '../../engine/alert-state.js';
import type { AlertTask } from '../../shared/alert-task.js';
import { formatDuration } from '../../shared/format-duration.js';
import { isJsonObject, type Json } from '../../shared/json.js';
import { shorten } from '../shorten.js';

/** What a message says, for channels to lay out. */
export type AlertText = {
  readonly title: string;
  readonly summary: string;
  /** Facts as name and value, the most telling first. */
  readonly facts: ReadonlyArray<readonly [name: string, value: string]>;
  /** Commands to run next. */
  readonly commands: readonly string[];
};

const KIND_WORDS: Readonly<Record<AlertTask['kind'], string>> = {
  firing: 'Alert',
  repeated: 'Still open',
  escalated: 'Escalated',
  acknowledged: 'Acknowledged',
  resolved: 'Resolved',
  test: 'Test',
};

/** `isRepetition`: an earlier attempt was interrupted, so that this message may have arrived before. */
export function alertText(task: AlertTask, alert: AlertView, isRepetition: boolean): AlertText {
  const title = `${KIND_WORDS[task.kind]}: ${alert.key} (${alert.severity})`;
  const state = stateOf(task, alert);
  const message = alert.message ?? `The rule ${alert.when} holds.`;
  const note = isRepetition ? ' This may be a repetition: the first attempt to send it was interrupted.' : '';
  return {
    title: shorten(title, 250),
    summary: shorten(`${state === '' ? message : `${state} ${message}`}${note}`, 2_500),
    facts: [...factsOf(alert), ...timesOf(alert)],
    commands: commandsOf(task, alert),
  };
}

/** All of it as plain text. */
export function plainText({ summary, facts, commands }: AlertText): string {
  const lines = facts.map(([name, value]) => `${name}: ${value}`);
  const next = commands.length === 0 ? [] : ['', 'Run next:', ...commands.map((command) => `  ${command}`)];
  return [summary, '', ...lines, ...next].join('\n');
}

function stateOf(task: AlertTask, { acknowledged, ended, count }: AlertView): string {
  switch (task.kind) {
    case 'acknowledged': {
      const { by = 'Somebody', comment = null } = acknowledged ?? {};
      return `${by} looks after it${comment === null ? '' : `: ${comment}`}.`;
    }
    case 'resolved':
      return `It is over: ${ended?.reason ?? 'its condition has ended'}.`;
    case 'escalated':
      return 'Nobody has acknowledged it.';
    case 'repeated':
      return `It was found ${count === 1 ? 'once' : `${count} times`} and nobody has acknowledged it.`;
    case 'test':
      return 'This is a test of the channel; nothing is wrong.';
    default:
      return '';
  }
}

/** Facts that stand elsewhere in the message. */
const SHOWN_ELSEWHERE = new Set(['commands', 'errors', 'pipeline']);
const MOST_FACTS = 20;

function factsOf({ facts }: AlertView): ReadonlyArray<readonly [string, string]> {
  const errors = isJsonObject(facts['errors'] ?? null) ? Object.entries(facts['errors'] ?? {}) : [];
  return [
    ...errors.map(([stage, error]) => [`stage ${stage}`, shorten(valueText(error), 500)] as const),
    ...Object.entries(facts).flatMap(([name, value]) =>
      SHOWN_ELSEWHERE.has(name) || isNothing(value) ? [] : [[words(name), valueText(value)] as const],
    ),
  ].slice(0, MOST_FACTS);
}

function isNothing(value: Json): boolean {
  return value === null || value === false || value === 0 || (Array.isArray(value) && value.length === 0);
}

function words(name: string): string {
  return name.replaceAll('_', ' ');
}

function valueText(value: Json): string {
  if (typeof value === 'number') return String(Math.round(value * 1_000) / 1_000);
  if (Array.isArray(value)) return value.map((item: Json) => valueText(item)).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function timesOf({ since, count, ended, escalated }: AlertView): ReadonlyArray<readonly [string, string]> {
  const lasted = ended === null ? null : Date.parse(ended.at) - Date.parse(since);
  return [
    ['since', since],
    ...(lasted === null || lasted <= 0
      ? []
      : [['lasted', formatDuration(Math.ceil(lasted / 1_000) * 1_000)] as const]),
    ...(count === 1 ? [] : [['found', `${count} times`] as const]),
    ...(escalated === 0 ? [] : [['escalation step', String(escalated)] as const]),
  ];
}

function commandsOf(task: AlertTask, { key, facts, acknowledged }: AlertView): readonly string[] {
  if (task.kind === 'resolved' || task.kind === 'test') return [];
  const commands = facts.commands ?? [];
  return acknowledged === null ? [...commands, `sluice alerts ack ${key}`] : commands;
}
