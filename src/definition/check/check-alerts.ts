import { ALERT_NAMES, type AlertName } from '../../engine/alert-names.js';
import { clockOf } from '../../engine/quiet-hours.js';
import { declareAlertNames } from '../../expressions/judge-alert.js';
import { ROOT_NAMES } from '../../expressions/scope.js';
import type { StageCatalog } from '../catalog.js';
import type { Draft } from '../draft.js';
import type { Path, Reporter } from '../reporter.js';
import type { AlertDefinition } from '../schema/alert-schema.js';
import { listNames, suggest } from '../suggest.js';
import { namesRead } from './alert-names-read.js';
import { checkExpression } from './check-expression.js';
import { checkTemplate } from './check-template.js';
import type { Names } from './names.js';

type AlertPlace = {
  readonly path: Path;
  readonly names: Names;
  readonly channels: ReadonlySet<string> | null;
  readonly reporter: Reporter;
};

/** Checks what the schema cannot say about the alerts of a definition. */
export function checkAlerts(
  draft: Draft,
  names: Names,
  catalog: StageCatalog | null,
  reporter: Reporter,
): void {
  const alerts = draft.header.alerts ?? [];
  if (alerts.length > 0) declareAlertNames();
  const channels = catalog?.channels ?? null;
  const seen = new Set<string>();
  for (const [i, alert] of alerts.entries()) {
    const path = ['alerts', i];
    if (seen.has(alert.name)) {
      const message = `two alerts are named "${alert.name}"`;
      reporter.report({ code: 'duplicate-item', path: [...path, 'name'], message });
    }
    seen.add(alert.name);
    checkAlert(alert, { path, names, channels, reporter });
  }
}

function checkAlert(alert: AlertDefinition, place: AlertPlace): void {
  const { path, names, reporter } = place;
  const expression = {
    stage: null,
    list: 'alerts',
    subject: `alert "${alert.name}" `,
    items: Object.keys(ALERT_NAMES),
    names,
    reporter,
    uses: () => undefined,
  } as const;
  checkExpression(alert.when, { ...expression, path: [...path, 'when'], start: 0 }, 'bool');
  for (const key of ['message', 'group_by'] as const) {
    const text = alert[key];
    if (text !== undefined) checkTemplate(text, { ...expression, path: [...path, key], secrets: false });
  }
  checkOneJudge(alert, place);
  checkChannels(alert, alert.channels, [...path, 'channels'], place);
  for (const [step, at] of stepsOf(alert)) {
    checkChannels(alert, step.channels, [...path, 'escalate', ...at, 'channels'], place);
  }
  checkTimezone(alert, place);
}

type Step = { readonly channels: readonly string[] };

function stepsOf({ escalate }: AlertDefinition): ReadonlyArray<readonly [Step, Path]> {
  if (escalate === undefined) return [];
  if (!Array.isArray(escalate)) return [[escalate, []]];
  return escalate.map((step, i) => [step, [i]] as const);
}

/** A run does not know the history of its pipeline, and a monitor not the values of a run. */
function checkOneJudge(alert: AlertDefinition, { path, reporter }: AlertPlace): void {
  const read = namesRead(alert);
  const known = (name: string): AlertName['known'] | undefined => {
    if ((ROOT_NAMES as readonly string[]).includes(name)) return 'run';
    return Object.hasOwn(ALERT_NAMES, name) ? ALERT_NAMES[name as keyof typeof ALERT_NAMES].known : undefined;
  };
  const ofRun = read.find((name) => known(name) === 'run');
  const ofMonitor = read.find((name) => known(name) === 'monitor');
  if (ofRun === undefined || ofMonitor === undefined) return;
  const message = `alert "${alert.name}" reads \`${ofRun}\`, which only a run knows, and \`${ofMonitor}\`, which only a monitor knows; make two alerts of it`;
  reporter.report({ code: 'bad-alert', path: [...path, 'when'], message });
}

function checkChannels(
  alert: AlertDefinition,
  named: readonly string[],
  path: Path,
  { channels, reporter }: AlertPlace,
): void {
  if (channels === null) return;
  const known = [...channels];
  for (const [i, channel] of named.entries()) {
    if (channels.has(channel)) continue;
    const message = `alert "${alert.name}" is told to the channel "${channel}", which does not exist. Channels here: ${listNames(known)}. Add it to \`channels\` of the configuration`;
    const suggestion = (): string | null => suggest(channel, known);
    reporter.report({ code: 'unknown-channel', path: [...path, i], message, suggestion });
  }
}

function checkTimezone({ name, quiet_hours }: AlertDefinition, { path, reporter }: AlertPlace): void {
  if (quiet_hours === undefined) return;
  const at = [...path, 'quiet_hours'];
  const { from, to, timezone = 'UTC' } = quiet_hours;
  if (from === to) {
    const message = `the quiet hours of alert "${name}" begin when they end, so they are empty`;
    reporter.report({ code: 'bad-alert', path: [...at, 'to'], message });
  }
  try {
    clockOf(timezone);
  } catch {
    const message = `the time zone "${timezone}" of alert "${name}" does not exist`;
    const suggestion = (): string | null => suggest(timezone, Intl.supportedValuesOf('timeZone'));
    reporter.report({ code: 'wrong-value', path: [...at, 'timezone'], message, suggestion });
  }
}
