import { setTimeout as delay } from 'node:timers/promises';
import { createLogUpdate } from 'log-update';
import type { BackfillReport } from '../../../engine/backfill.js';
import type { BackfillHandle } from '../../backfill/backfill-handle.js';
import type { CliContext } from '../context.js';
import { EXIT } from '../errors.js';
import { progressLine } from './progress-line.js';
import { printBackfill } from './print-backfill.js';

const POLL_MS = 500;

/** Follows a backfill on stderr to its end and reports it; sets the exit code. */
export async function followBackfill(
  cli: CliContext,
  backfill: BackfillHandle,
  options: { /** True when it cannot go on without this process. */ readonly endsWithUs: boolean },
): Promise<void> {
  const interruption = cli.interruption();
  const view = createView(cli);
  cli.note(cli.colours.stderr.dim(`Backfill: ${backfill.workflowId}`));
  let isCancelling = false;
  let report = await backfill.report();
  while (report.ended_at === null) {
    view.show(report);
    if (interruption.aborted && !options.endsWithUs) break;
    if (interruption.aborted && !isCancelling) {
      isCancelling = true;
      view.say(cli.colours.stderr.yellow('Cancelling the backfill. Press Ctrl-C again to end at once.'));
      await backfill.cancel();
    }
    await delay(POLL_MS);
    report = await backfill.report();
  }
  view.show(report);
  view.close();
  if (interruption.aborted) cli.exitWith(EXIT.interrupted);
  else cli.exitWith(report.status === 'succeeded' ? EXIT.ok : EXIT.failed);
  if (report.ended_at !== null) return printBackfill(cli, await backfill.status(), { onlyNotable: true });
  cli.note(`The backfill goes on. Watch it with: sluice watch ${backfill.workflowId}`);
  if (cli.isJson) cli.json({ backfill_id: backfill.workflowId, run_id: backfill.runId });
}

type View = {
  readonly show: (report: BackfillReport) => void;
  readonly say: (text: string) => void;
  readonly close: () => void;
};

/** One line that is drawn again on a terminal; elsewhere a line at each tenth, and when more failed. */
function createView(cli: CliContext): View {
  const colours = cli.colours.stderr;
  const isLive = cli.isTty.stderr && cli.env['TERM'] !== 'dumb' && (cli.env['CI'] ?? '') === '';
  if (isLive) {
    const update = createLogUpdate(cli.stderr);
    return {
      show: (report) => update(progressLine(report, colours)),
      say: (text) => update.persist(text),
      close: () => update.done(),
    };
  }
  let told = '';
  return {
    show: (report) => {
      const { failed, timed_out } = report.counts;
      const state = `${Math.floor(report.fraction * 10)} ${failed + timed_out} ${report.paused !== null} ${report.status}`;
      if (state === told) return;
      told = state;
      cli.note(progressLine(report, colours));
    },
    say: (text) => cli.note(text),
    close: () => undefined,
  };
}
