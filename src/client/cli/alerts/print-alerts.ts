import type { AlertView } from '../../../engine/alert-state.js';
import { Alerts } from '../../alerts/alerts.js';
import { oneLine } from '../../render/printable.js';
import { duration } from '../../render/wording.js';
import type { ListAlertsFlags } from '../commands/alerts.js';
import type { CliContext, Colours } from '../context.js';
import { formatTable } from '../output.js';
import { withSession } from '../runs/session.js';

const COLUMNS = [
  { title: 'Alert' },
  { title: 'Severity' },
  { title: 'Status' },
  { title: 'Since', align: 'right' as const },
  { title: 'Found', align: 'right' as const },
  { title: 'Message', width: 50 },
];

/** Does what `sluice alerts list` promises. */
export async function printAlerts(cli: CliContext, flags: ListAlertsFlags): Promise<void> {
  const { pipeline, all, limit } = flags;
  const alerts = await withSession(cli, { flags }, ({ client }) =>
    new Alerts(client.temporal).list({
      ...(pipeline === undefined ? {} : { pipeline }),
      ...(limit === undefined ? {} : { limit }),
      ended: all === true,
    }),
  );
  if (cli.isJson) return cli.json({ alerts });
  if (alerts.length === 0) return cli.note(all === true ? 'There were no alerts.' : 'No alert is open.');
  const now = Date.now();
  const rows = alerts.map((alert) => rowOf(alert, now, cli.colours.stdout));
  cli.print(formatTable(COLUMNS, rows, cli.colours.stdout));
  for (const alert of alerts) noteFailures(cli, alert);
}

function rowOf(alert: AlertView, now: number, colours: Colours): readonly string[] {
  const { key, severity, count, message, when, since } = alert;
  const isUrgent = (severity === 'high' || severity === 'critical') && alert.ended === null;
  return [
    oneLine(key),
    isUrgent ? colours.red(severity) : severity,
    statusOf(alert, now),
    duration(now - Date.parse(since)),
    String(count),
    oneLine(message ?? when),
  ];
}

function statusOf({ status, acknowledged, held_until, ended }: AlertView, now: number): string {
  if (ended !== null) return ended.by === null ? 'resolved' : `closed by ${oneLine(ended.by)}`;
  if (acknowledged !== null) return `${oneLine(acknowledged.by)} looks after it`;
  return held_until === null ? status : `held for ${duration(Date.parse(held_until) - now)}`;
}

function noteFailures(cli: CliContext, { key, channels, ended }: AlertView): void {
  if (ended !== null) return;
  for (const [name, { error }] of Object.entries(channels)) {
    if (error !== null) {
      cli.note(cli.colours.stderr.yellow(`${oneLine(key)} was not told to ${name}: ${oneLine(error)}`));
    }
  }
}
